using System.Text.RegularExpressions;
using MySqlConnector;

namespace Carafe.Data.MySql;

/// <summary>Tells whether the error of a statement that runs once more means that it was done before. Each kind of statement has errors of its own.</summary>
internal static partial class MySqlDone
{
    private const int CannotAddKey = 1005;
    private const int DuplicateConstraint = 1826;
    private const int DuplicateCheck = 3822;
    private const int CheckNotFound = 3821;
    private const int ConstraintNotFound = 3940;
    private const int UnknownView = 4092;

    private static readonly (Regex Statement, int[] Numbers)[] Kinds =
    [
        (CreateTable(), [(int)MySqlErrorCode.TableExists]),
        (CreateIndex(), [(int)MySqlErrorCode.DuplicateKeyName]),
        (DropTable(), [(int)MySqlErrorCode.BadTable, UnknownView]),
        (DropIndex(), [(int)MySqlErrorCode.CannotDropFieldOrKey]),
        (RenameColumn(), [(int)MySqlErrorCode.BadFieldError]),
        (RenameIndex(), [(int)MySqlErrorCode.KeyDoesNotExist]),
        (RenameTable(), [(int)MySqlErrorCode.NoSuchTable]),
        (AddPrimaryKey(), [(int)MySqlErrorCode.MultiplePrimaryKey]),
        (AddConstraint(), [(int)MySqlErrorCode.DuplicateKeyName, CannotAddKey, DuplicateConstraint, DuplicateCheck]),
        (DropConstraint(), [(int)MySqlErrorCode.CannotDropFieldOrKey, (int)MySqlErrorCode.DuplicateFieldName, CheckNotFound, ConstraintNotFound]),
        (DropColumn(), [(int)MySqlErrorCode.CannotDropFieldOrKey]),
        (AddColumn(), [(int)MySqlErrorCode.DuplicateFieldName]),
    ];

    public static bool Says(string statement, MySqlException error) =>
        Kinds.FirstOrDefault(kind => kind.Statement.IsMatch(statement)).Numbers is { } numbers && numbers.Contains(error.Number)
        && (error.Number != CannotAddKey || error.Message.Contains("errno: 121", StringComparison.Ordinal));

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;
    private const string Name = """(?:`(?:[^`]|``)+`|"(?:[^"]|"")+"|[^\s`"(]+)""";

    [GeneratedRegex(@"^CREATE\s+(?:TABLE|VIEW)\b", Options)]
    private static partial Regex CreateTable();

    [GeneratedRegex(@"^CREATE\s+(?:UNIQUE\s+)?INDEX\b", Options)]
    private static partial Regex CreateIndex();

    [GeneratedRegex(@"^DROP\s+(?:TABLE|VIEW)\b", Options)]
    private static partial Regex DropTable();

    [GeneratedRegex(@"^DROP\s+INDEX\b", Options)]
    private static partial Regex DropIndex();

    [GeneratedRegex($@"^ALTER\s+TABLE\s+{Name}\s+RENAME\s+COLUMN\b", Options)]
    private static partial Regex RenameColumn();

    [GeneratedRegex($@"^ALTER\s+TABLE\s+{Name}\s+RENAME\s+(?:INDEX|KEY)\b", Options)]
    private static partial Regex RenameIndex();

    [GeneratedRegex($@"^(?:ALTER\s+TABLE\s+{Name}\s+RENAME|RENAME\s+TABLE)\b", Options)]
    private static partial Regex RenameTable();

    [GeneratedRegex($@"^ALTER\s+TABLE\s+{Name}\s+ADD\s+(?:CONSTRAINT\s+(?:{Name}\s+)?)?PRIMARY\s+KEY\b", Options)]
    private static partial Regex AddPrimaryKey();

    [GeneratedRegex($@"^ALTER\s+TABLE\s+{Name}\s+ADD\s+(?:CONSTRAINT|UNIQUE|FOREIGN|INDEX|KEY|CHECK)\b", Options)]
    private static partial Regex AddConstraint();

    [GeneratedRegex($@"^ALTER\s+TABLE\s+{Name}\s+DROP\s+(?:CONSTRAINT|FOREIGN|PRIMARY|INDEX|KEY|CHECK)\b", Options)]
    private static partial Regex DropConstraint();

    [GeneratedRegex($@"^ALTER\s+TABLE\s+{Name}\s+DROP\b", Options)]
    private static partial Regex DropColumn();

    [GeneratedRegex($@"^ALTER\s+TABLE\s+{Name}\s+ADD\b", Options)]
    private static partial Regex AddColumn();
}
