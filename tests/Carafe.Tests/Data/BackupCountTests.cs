using Carafe.Data.MySql;
using Carafe.Data.Postgres;

namespace Carafe.Tests.Data;

/// <summary>Counts the rows of the texts that pg_restore and mariadb-dump write.</summary>
public sealed class BackupCountTests
{
    [Fact]
    public async Task Rows_of_PostgreSQL_are_counted_whatever_the_table_is_called_and_the_rows_say()
    {
        using var text = new StringReader("""
            COPY public.posts (id, title) FROM stdin;
            1	COPY public.other (id) FROM stdin;
            2	a\nb
            \\.
            \.

            COPY public."odd (name) ""x" (id) FROM stdin;
            1
            \.

            COPY public.nothing  FROM stdin;


            \.

            COPY public.empty (id) FROM stdin;
            \.
            """);
        var rows = new Dictionary<string, long>();
        await PostgresBackup.CountAsync(text, rows, TestContext.Current.CancellationToken);
        Assert.Equal(new Dictionary<string, long>
        {
            ["public.posts"] = 3,
            ["public.\"odd (name) \"\"x\""] = 1,
            ["public.nothing"] = 2,
            ["public.empty"] = 0,
        }, rows);
    }

    [Fact]
    public async Task Rows_of_MariaDB_are_counted_whatever_they_say()
    {
        string[] lines =
        [
            "INSERT INTO `posts` VALUES",
            @"(1,'a),(b'),",
            @"(2,'it\'s (','\\'),",
            "(3,'it''s',');');",
            "INSERT INTO `posts` (`id`, `title`) VALUES (4,'x'),(5,NULL);",
            "-- (no row)",
            "INSERT INTO `others` VALUES (1,0x28);",
        ];
        var rows = await MySqlTrial.CountAsync(lines.ToAsyncEnumerable());
        Assert.Equal(new Dictionary<string, long> { ["posts"] = 5, ["others"] = 1 }, rows);
    }
}
