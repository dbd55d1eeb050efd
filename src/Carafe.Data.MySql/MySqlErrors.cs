using System.Net.Sockets;
using System.Text.RegularExpressions;
using MySqlConnector;

namespace Carafe.Data.MySql;

/// <summary>Maps the numbers of the servers' errors (https://mariadb.com/kb/en/mariadb-error-code-reference/).</summary>
internal static partial class MySqlErrors
{
    private const int MySqlCheck = 3819;
    private const int MariaDbCheck = 4025;
    private const int MariaDbStatementTime = 1969;
    private const int SnapshotChanged = 1020;
    private const int IndexCorrupt = 1712;
    private const int ReadOnlyMode = 1836;

    public static DatabaseError? Explain(MySqlException exception) => exception.Number switch
    {
        (int)MySqlErrorCode.DuplicateKeyEntry or (int)MySqlErrorCode.DuplicateEntryWithKeyName or (int)MySqlErrorCode.DuplicateKey =>
            new DatabaseError(DatabaseErrorKind.Unique) { Constraint = Key(exception.Message) },
        (int)MySqlErrorCode.NoReferencedRow2 => Reference(exception.Message),
        (int)MySqlErrorCode.NoReferencedRow or (int)MySqlErrorCode.RowIsReferenced or (int)MySqlErrorCode.RowIsReferenced2 =>
            new DatabaseError(DatabaseErrorKind.ForeignKey),
        MySqlCheck or MariaDbCheck => new DatabaseError(DatabaseErrorKind.Check) { Constraint = Check(exception.Message) },
        (int)MySqlErrorCode.DataTooLong or (int)MySqlErrorCode.WarningDataOutOfRange or (int)MySqlErrorCode.TruncatedWrongValueForField
            or (int)MySqlErrorCode.TruncatedWrongValue or (int)MySqlErrorCode.PacketTooLarge => new DatabaseError(DatabaseErrorKind.Value),
        (int)MySqlErrorCode.LockWaitTimeout or (int)MySqlErrorCode.LockDeadlock or (int)MySqlErrorCode.QueryInterrupted
            or (int)MySqlErrorCode.QueryTimeout or (int)MySqlErrorCode.CommandTimeoutExpired or (int)MySqlErrorCode.XARBDeadlock or MariaDbStatementTime
            or SnapshotChanged => new DatabaseError(DatabaseErrorKind.Unavailable) { IsBusy = true },
        (int)MySqlErrorCode.CrashedOnUsage or (int)MySqlErrorCode.CrashedOnRepair or (int)MySqlErrorCode.NotKeyFile or IndexCorrupt =>
            new DatabaseError(DatabaseErrorKind.Damaged),
        _ => IsUnavailable(exception) ? new DatabaseError(DatabaseErrorKind.Unavailable) : null,
    };

    // A server that is away or lets us in no more, a database that is not there yet, a standby that does not write.
    private static bool IsUnavailable(MySqlException error) =>
        error.IsTransient
        || error.InnerException is SocketException or IOException or TimeoutException or MySqlException { InnerException: SocketException or IOException }
        || error.ErrorCode is MySqlErrorCode.UnableToConnectToHost or MySqlErrorCode.ConnectionCountError or MySqlErrorCode.TooManyUserConnections
            or MySqlErrorCode.AccessDenied or MySqlErrorCode.DatabaseAccessDenied or MySqlErrorCode.UnknownDatabase or MySqlErrorCode.ServerShutdown
            or MySqlErrorCode.OptionPreventsStatement or MySqlErrorCode.DiskFull or MySqlErrorCode.RecordFileFull or MySqlErrorCode.UserLimitReached
        || error.Number == ReadOnlyMode;

    // "Duplicate entry 'x' for key 'ix_name'"; MySQL writes 'table.ix_name'. The value may hold quotes, the key comes last.
    private static string? Key(string message) => LastQuoted().Match(message) is { Success: true } match ? match.Groups[1].Value.Split('.')[^1] : null;

    private static DatabaseError Reference(string message) => ReferenceName().Match(message) is { Success: true } match
        ? new DatabaseError(DatabaseErrorKind.ForeignKey) { Table = match.Groups[1].Value, Constraint = match.Groups[2].Value }
        : new DatabaseError(DatabaseErrorKind.ForeignKey);

    private static string? Check(string message) => CheckName().Match(message) is { Success: true } match ? match.Groups[1].Value.Split('.')[^1] : null;

    [GeneratedRegex("'([^']+)'$")]
    private static partial Regex LastQuoted();

    [GeneratedRegex(@"\(`[^`]*`\.`([^`]*)`, CONSTRAINT `([^`]*)` FOREIGN KEY")]
    private static partial Regex ReferenceName();

    [GeneratedRegex("(?:CONSTRAINT|constraint) [`']([^`']+)[`'] (?:failed|is violated)")]
    private static partial Regex CheckName();
}
