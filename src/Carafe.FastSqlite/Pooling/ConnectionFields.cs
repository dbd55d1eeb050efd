using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Aggregates = System.Collections.Generic.Dictionary<(string Name, int Arity),
    (int Flags, object? State, SQLitePCL.delegate_function_aggregate_step? Step, SQLitePCL.delegate_function_aggregate_final? Final)>;
using Collations = System.Collections.Generic.Dictionary<string, (object? State, SQLitePCL.strdelegate_collation? Collation)>;
using Scalars = System.Collections.Generic.Dictionary<(string Name, int Arity), (int Flags, object? State, SQLitePCL.delegate_function_scalar? Function)>;

namespace Carafe.FastSqlite.Pooling;

/// <summary>
/// The functions and collations that a connection was given, which the driver keeps in private fields and registers with SQLite when it opens. They say
/// whether a context has defined any of its own, and bring those that EF Core defines to the connections of the pool.
/// </summary>
internal sealed class ConnectionFields
{
    private Collations? _collations;
    private Scalars? _scalars;
    private Aggregates? _aggregates;

    /// <summary>Whether the driver has the fields as they were in the version that this was written for.</summary>
    public static bool AreThere { get; } =
        Has("_collations", typeof(Collations)) && Has("_functions", typeof(Scalars)) && Has("_aggregates", typeof(Aggregates))
        && Has("_commands", typeof(List<WeakReference<SqliteCommand>>))
        && Has("_extensions", typeof(HashSet<(string, string?)>)) && Has("_extensionsEnabled", typeof(bool));

    /// <summary>Takes what a connection was given away from it.</summary>
    public static ConnectionFields Take(SqliteConnection connection)
    {
        var taken = new ConnectionFields { _collations = CollationsOf(connection), _scalars = ScalarsOf(connection), _aggregates = AggregatesOf(connection) };
        Drop(connection);
        return taken;
    }

    /// <summary>Has the connection forget what it was given.</summary>
    public static void Drop(SqliteConnection connection)
    {
        CollationsOf(connection) = null;
        ScalarsOf(connection) = null;
        AggregatesOf(connection) = null;
        ExtensionsOf(connection) = null;
        ExtensionsEnabledOf(connection) = false;
    }

    /// <summary>Whether a connection was given functions, collations or extensions.</summary>
    public static bool AreSet(SqliteConnection connection) =>
        CollationsOf(connection) is not null || ScalarsOf(connection) is not null || AggregatesOf(connection) is not null
        || ExtensionsOf(connection) is not null
        || ExtensionsEnabledOf(connection);

    /// <summary>Gives them to another connection, before it opens. What that one has already under the same name stays.</summary>
    public void Give(SqliteConnection connection)
    {
        CollationsOf(connection) = Merge(_collations, CollationsOf(connection));
        ScalarsOf(connection) = Merge(_scalars, ScalarsOf(connection));
        AggregatesOf(connection) = Merge(_aggregates, AggregatesOf(connection));
    }

    /// <summary>Gives to one connection what another was given, too.</summary>
    public static void Copy(SqliteConnection from, SqliteConnection to)
    {
        CollationsOf(to) = Merge(CollationsOf(to), CollationsOf(from));
        ScalarsOf(to) = Merge(ScalarsOf(to), ScalarsOf(from));
        AggregatesOf(to) = Merge(AggregatesOf(to), AggregatesOf(from));
        ExtensionsOf(to) = ExtensionsOf(from);
        ExtensionsEnabledOf(to) = ExtensionsEnabledOf(from);
    }

    /// <summary>Disposes the commands of a connection, as the driver does when it closes one.</summary>
    public static void DisposeCommands(SqliteConnection connection)
    {
        var commands = CommandsOf(connection);
        if (commands.Count == 0)
        {
            return;
        }

        foreach (var reference in commands.ToArray())
        {
            if (reference.TryGetTarget(out var command))
            {
                command.Dispose();
            }
        }
    }

    private static Dictionary<TKey, TValue>? Merge<TKey, TValue>(Dictionary<TKey, TValue>? first, Dictionary<TKey, TValue>? last)
        where TKey : notnull
    {
        if (first is null || last is null)
        {
            return first ?? last;
        }

        var merged = new Dictionary<TKey, TValue>(first, first.Comparer);
        foreach (var (key, value) in last)
        {
            merged[key] = value;
        }

        return merged;
    }

    private static bool Has(string name, Type type) =>
        typeof(SqliteConnection).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)?.FieldType == type;

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_commands")]
    private static extern ref List<WeakReference<SqliteCommand>> CommandsOf(SqliteConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_collations")]
    private static extern ref Collations? CollationsOf(SqliteConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_functions")]
    private static extern ref Scalars? ScalarsOf(SqliteConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_aggregates")]
    private static extern ref Aggregates? AggregatesOf(SqliteConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_extensions")]
    private static extern ref HashSet<(string File, string? Procedure)>? ExtensionsOf(SqliteConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_extensionsEnabled")]
    private static extern ref bool ExtensionsEnabledOf(SqliteConnection connection);
}
