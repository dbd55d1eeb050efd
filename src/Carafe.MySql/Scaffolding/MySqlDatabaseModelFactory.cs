using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using Carafe.MySql.Storage;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Scaffolding;
using Microsoft.EntityFrameworkCore.Scaffolding.Metadata;
using MySqlConnector;

namespace Carafe.MySql.Scaffolding;

/// <summary>Reads the tables of a database.</summary>
internal sealed partial class MySqlDatabaseModelFactory : DatabaseModelFactory
{
    private const string Tables =
        "SELECT table_name, table_type, table_comment FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name";

    private const string Columns =
        "SELECT table_name, column_name, column_type, is_nullable, column_default, extra, generation_expression, collation_name, column_comment "
        + "FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position";

    // MariaDB keeps a JSON document in a longtext with this check.
    private const string JsonChecks =
        "SELECT table_name, check_clause FROM information_schema.check_constraints WHERE constraint_schema = DATABASE() AND check_clause LIKE 'json_valid(%'";

    private const string Indexes =
        "SELECT table_name, index_name, non_unique, column_name, collation FROM information_schema.statistics WHERE table_schema = DATABASE() "
        + "ORDER BY table_name, index_name, seq_in_index";

    private const string References =
        "SELECT k.table_name, k.constraint_name, k.column_name, k.referenced_table_name, k.referenced_column_name, r.delete_rule "
        + "FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r ON r.constraint_schema = k.constraint_schema "
        + "AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name "
        + "WHERE k.table_schema = DATABASE() AND k.referenced_table_name IS NOT NULL ORDER BY k.table_name, k.constraint_name, k.ordinal_position";

    private static readonly string[] Numbers = ["tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double"];

    public override DatabaseModel Create(string connectionString, DatabaseModelFactoryOptions options)
    {
        using var connection = new MySqlConnection(connectionString);
        return Create(connection, options);
    }

    public override DatabaseModel Create(DbConnection connection, DatabaseModelFactoryOptions options)
    {
        var opened = connection.State != ConnectionState.Open;
        if (opened)
        {
            connection.Open();
        }

        try
        {
            return Read(connection, [.. options.Tables]);
        }
        finally
        {
            if (opened)
            {
                connection.Close();
            }
        }
    }

    private static DatabaseModel Read(DbConnection connection, HashSet<string> wanted)
    {
        var model = new DatabaseModel { DatabaseName = connection.Database };
        foreach (var row in Rows(connection, Tables).Where(row => wanted.Count == 0 || wanted.Contains(row[0]!)))
        {
            var table = row[1] is "VIEW" ? new DatabaseView { Name = row[0]!, Database = model } : new DatabaseTable { Name = row[0]!, Database = model };
            table.Comment = row[1] is "VIEW" ? null : Text(row[2]);
            model.Tables.Add(table);
        }

        var tables = model.Tables.ToDictionary(table => table.Name);
        var isMariaDb = connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
        ReadColumns(connection, tables, isMariaDb);
        ReadIndexes(connection, tables);
        ReadReferences(connection, tables);
        return model;
    }

    private static void ReadColumns(DbConnection connection, Dictionary<string, DatabaseTable> tables, bool isMariaDb)
    {
        var json = isMariaDb ? Rows(connection, JsonChecks).Select(row => (row[0]!, row[1]!)).ToHashSet() : [];
        foreach (var row in Rows(connection, Columns).Where(row => tables.ContainsKey(row[0]!)))
        {
            var table = tables[row[0]!];
            var extra = row[5] ?? "";
            var type = row[2]!;
            table.Columns.Add(new DatabaseColumn
            {
                Table = table,
                Name = row[1]!,
                StoreType = json.Contains((table.Name, $"json_valid(`{row[1]}`)")) ? "json" : DisplayWidth().Replace(type, ""),
                IsNullable = row[3] is "YES",
                DefaultValueSql = Default(row[4], extra, type, isMariaDb),
                ComputedColumnSql = Text(row[6]),
                IsStored = Text(row[6]) is null ? null : extra.Contains("STORED", StringComparison.OrdinalIgnoreCase),
                ValueGenerated = extra.Contains("auto_increment", StringComparison.OrdinalIgnoreCase) ? ValueGenerated.OnAdd : null,
                Collation = row[7] is "utf8mb4_nopad_bin" or "utf8mb4_0900_bin" or "utf8mb4_bin" ? null : row[7],
                Comment = Text(row[8]),
            });
        }
    }

    // MariaDB writes an expression; MySQL writes a constant as it is, and marks an expression.
    private static string? Default(string? value, string extra, string type, bool isMariaDb) =>
        value is null || (isMariaDb && value is "NULL") ? null
        : isMariaDb || extra.Contains("DEFAULT_GENERATED", StringComparison.OrdinalIgnoreCase) || IsNumber(type) ? value
        : MySqlLiterals.Text(value);

    private static bool IsNumber(string type) =>
        Numbers.Any(name => type.StartsWith(name, StringComparison.Ordinal));

    private static void ReadIndexes(DbConnection connection, Dictionary<string, DatabaseTable> tables)
    {
        foreach (var rows in Rows(connection, Indexes).Where(row => tables.ContainsKey(row[0]!) && row[3] is not null).GroupBy(row => (row[0]!, row[1]!)))
        {
            var table = tables[rows.Key.Item1];
            var columns = rows.Select(row => table.Columns.Single(column => column.Name == row[3])).ToList();
            if (rows.Key.Item2 == "PRIMARY")
            {
                table.PrimaryKey = new DatabasePrimaryKey { Table = table, Name = "PRIMARY" };
                columns.ForEach(table.PrimaryKey.Columns.Add);
                continue;
            }

            var index = new DatabaseIndex { Table = table, Name = rows.Key.Item2, IsUnique = rows.First()[2] is "0" };
            columns.ForEach(index.Columns.Add);
            rows.ToList().ForEach(row => index.IsDescending.Add(row[4] is "D"));
            table.Indexes.Add(index);
        }
    }

    private static void ReadReferences(DbConnection connection, Dictionary<string, DatabaseTable> tables)
    {
        foreach (var rows in Rows(connection, References).Where(row => tables.ContainsKey(row[0]!) && tables.ContainsKey(row[3]!))
            .GroupBy(row => (row[0]!, row[1]!)))
        {
            var (table, principal) = (tables[rows.Key.Item1], tables[rows.First()[3]!]);
            var key = new DatabaseForeignKey { Table = table, PrincipalTable = principal, Name = rows.Key.Item2, OnDelete = Action(rows.First()[5]!) };
            foreach (var row in rows)
            {
                key.Columns.Add(table.Columns.Single(column => column.Name == row[2]));
                key.PrincipalColumns.Add(principal.Columns.Single(column => column.Name == row[4]));
            }

            table.ForeignKeys.Add(key);
        }
    }

    private static ReferentialAction Action(string rule) => rule switch
    {
        "CASCADE" => ReferentialAction.Cascade,
        "SET NULL" => ReferentialAction.SetNull,
        "RESTRICT" => ReferentialAction.Restrict,
        _ => ReferentialAction.NoAction,
    };

    // MariaDB writes the width that a client could show a number in. tinyint(1) is the boolean.
    [GeneratedRegex(@"(?<=^(smallint|mediumint|int|bigint|tinyint(?!\(1\))))\([0-9]+\)")]
    private static partial Regex DisplayWidth();

    private static string? Text(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private static List<string?[]> Rows(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string?[]>();
        while (reader.Read())
        {
            var row = new string?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = reader.IsDBNull(i) ? null : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture);
            }

            rows.Add(row);
        }

        return rows;
    }
}
