namespace Carafe.Tests.Data.Adoption;

/// <summary>Databases as SQLAlchemy and Alembic make them.</summary>
internal static class FlaskDatabase
{
    public const string Head = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));"
        + "INSERT INTO alembic_version VALUES ('e4f869a8d8d9');";

    /// <summary>The tables of the usual guide, with columns of every kind.</summary>
    public static string Tables(bool isSqlite)
    {
        var (key, time, real) = isSqlite ? ("INTEGER NOT NULL", "DATETIME", "FLOAT") : ("SERIAL NOT NULL", "TIMESTAMP WITHOUT TIME ZONE", "FLOAT");
        return Head + $"""
            CREATE TABLE users (id {key}, username VARCHAR(80) NOT NULL, email VARCHAR(120) NOT NULL, password VARCHAR(256) NOT NULL,
              is_active BOOLEAN NOT NULL, is_admin BOOLEAN, created_at {time}, PRIMARY KEY (id), UNIQUE (username), UNIQUE (email));
            CREATE TABLE posts (id {key}, title VARCHAR(200) NOT NULL, body TEXT NOT NULL, user_id INTEGER NOT NULL, created_at {time}, updated_at {time},
              PRIMARY KEY (id), FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE);
            CREATE INDEX ix_posts_title ON posts (title);
            CREATE TABLE tag (id {key}, tag VARCHAR(20) NOT NULL, PRIMARY KEY (id), UNIQUE (tag));
            CREATE TABLE post_tags (post_id INTEGER NOT NULL, tag_id INTEGER NOT NULL, PRIMARY KEY (post_id, tag_id),
              FOREIGN KEY(post_id) REFERENCES posts (id), FOREIGN KEY(tag_id) REFERENCES tag (id));
            CREATE TABLE task (id {key}, "class" VARCHAR(20), due DATE, at TIME, price NUMERIC(10, 2), weight {real}, size BIGINT, is_done BOOLEAN, note TEXT,
              data JSON, owner_id INTEGER, PRIMARY KEY (id), FOREIGN KEY(owner_id) REFERENCES users (id));
            CREATE TABLE log_lines (text TEXT);
            INSERT INTO users (username, email, password, is_active, is_admin, created_at) VALUES
              ('Ann', 'Ann@Example.com', 'hash', {True(isSqlite)}, {True(isSqlite)}, '2026-01-02 03:04:05.123456'),
              ('bob', 'bob@example.com', 'hash', {False(isSqlite)}, NULL, NULL);
            INSERT INTO posts (title, body, user_id, created_at) VALUES ('One', 'Text', 1, '2026-01-02 03:04:05'), ('', '', 2, NULL);
            INSERT INTO tag (tag) VALUES ('new');
            INSERT INTO post_tags VALUES (1, 1);
            INSERT INTO task (due, at, price, weight, size, is_done, data) VALUES
              ('2026-02-03', '04:05:06.000001', 12.50, 1.5, 9000000000, {True(isSqlite)}, '{"{\"a\": 1}"}');
            """;
    }

    private static string True(bool isSqlite) => isSqlite ? "1" : "true";

    private static string False(bool isSqlite) => isSqlite ? "0" : "false";
}
