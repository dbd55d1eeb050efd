using System.Net.Sockets;
using Npgsql;
using static Npgsql.PostgresErrorCodes;

namespace Carafe.Data.Postgres;

/// <summary>Maps PostgreSQL's error codes (https://www.postgresql.org/docs/current/errcodes-appendix.html).</summary>
internal static class PostgresErrors
{
    public static DatabaseError? Explain(NpgsqlException exception) => exception switch
    {
        PostgresException { SqlState: UniqueViolation or ExclusionViolation } error => Violation(DatabaseErrorKind.Unique, error),
        // Only the text tells a reference to nothing from a row that is still referred to. In another language than English both get the general
        // message.
        PostgresException { SqlState: ForeignKeyViolation } error when error.MessageText.StartsWith("insert or update", StringComparison.Ordinal) =>
            Violation(DatabaseErrorKind.ForeignKey, error),
        PostgresException { SqlState: ForeignKeyViolation or RestrictViolation } => new DatabaseError(DatabaseErrorKind.ForeignKey),
        PostgresException { SqlState: CheckViolation } error => Violation(DatabaseErrorKind.Check, error),
        PostgresException { SqlState: CharacterNotInRepertoire or UntranslatableCharacter or StringDataRightTruncation or NumericValueOutOfRange } =>
            new DatabaseError(DatabaseErrorKind.Value),
        PostgresException { SqlState: DataCorrupted or IndexCorrupted } => new DatabaseError(DatabaseErrorKind.Damaged),
        PostgresException { SqlState: QueryCanceled or LockNotAvailable or SerializationFailure or DeadlockDetected } =>
        new DatabaseError(DatabaseErrorKind.Unavailable) { IsBusy = true },
        PostgresException error => IsUnavailable(error) ? new DatabaseError(DatabaseErrorKind.Unavailable) : null,
        _ => exception.IsTransient || exception.InnerException is SocketException or IOException or TimeoutException
            ? new DatabaseError(DatabaseErrorKind.Unavailable) : null,
    };

    /// <summary>Returns what to do next where the database cannot be used at all; null where the server's message is enough.</summary>
    public static string? Advice(NpgsqlException exception) => exception switch
    {
        PostgresException { SqlState: InvalidCatalogName } => "'db upgrade' makes it.",
        PostgresException { SqlState: InvalidPassword or InvalidAuthorizationSpecification } => "Check the user and the password in DATABASE_URL.",
        PostgresException { SqlState: ReadOnlySqlTransaction } => "Give DATABASE_URL the primary server, or a role that may write. Nothing was changed.",
        PostgresException { SqlState: InsufficientPrivilege } => "Give the role that right, or DATABASE_URL another role. Nothing was changed.",
        PostgresException { SqlState: DiskFull } => "Make room on the server's disk, and run the command again. Nothing was changed.",
        { InnerException: SocketException or TimeoutException } => "Start the server, or give DATABASE_URL the right host and port.",
        _ => null,
    };

    private static DatabaseError Violation(DatabaseErrorKind kind, PostgresException error) =>
        new(kind) { Table = error.TableName, Constraint = error.ConstraintName };

    // Beside what is transient: a database that is not there yet or lets us in no more, a standby that does not write.
    private static bool IsUnavailable(PostgresException error) =>
        error.IsTransient
        || error.SqlState is InvalidCatalogName or InvalidPassword or InvalidAuthorizationSpecification or ReadOnlySqlTransaction or AdminShutdown
        or CrashShutdown or DiskFull or IoError;
}
