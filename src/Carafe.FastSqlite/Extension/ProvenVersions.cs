using Carafe.FastSqlite.Pooling;
using Carafe.FastSqlite.Reads;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Carafe.FastSqlite.Extension;

/// <summary>The versions of EF Core and of the driver that the layer was proven on by EF Core's own tests.</summary>
internal static class ProvenVersions
{
    /// <summary>Why the layer is off; null where it is proven.</summary>
    public static string? Objection { get; } = Check(Version(typeof(DbContext)), Version(typeof(SqliteConnection)));

    public static string? Check(Version entityFramework, Version driver) =>
        !IsProven(entityFramework) ? $"EF Core {entityFramework.ToString(3)} was not tested with it. Tested is 10.0."
        : !IsProven(driver) ? $"Microsoft.Data.Sqlite {driver.ToString(3)} was not tested with it. Tested is 10.0."
        : !ConnectionFields.AreThere ? "Microsoft.Data.Sqlite keeps functions and collations in another way than expected."
        : !DirectQueryVisitorFactory.IsShapeKnown ? "EF Core makes the rows of a query in another way than expected."
        : null;

    private static bool IsProven(Version version) => version is { Major: 10, Minor: 0 };

    private static Version Version(Type type) => type.Assembly.GetName().Version ?? new Version(0, 0, 0);
}
