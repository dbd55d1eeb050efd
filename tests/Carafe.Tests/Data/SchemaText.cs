using System.Data;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Data;

/// <summary>Reads a schema as sorted lines: tables, columns with types and nullability, keys, indexes, foreign keys with their cascades.</summary>
internal static class SchemaText
{
    private const string Sqlite = """
        SELECT 'column ' || t.name || '.' || c.name || ' ' || c.type || ' notnull ' || c."notnull" || ' pk ' || c.pk
            || ' autoincrement ' || (c.pk > 0 AND t.sql LIKE '%AUTOINCREMENT%')
          FROM sqlite_master t JOIN pragma_table_xinfo(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '%EFMigrations%'
        UNION ALL SELECT 'index ' || t.name || ' ' || i.name || ' unique ' || i."unique"
            || ' (' || (SELECT group_concat(coalesce(x.name, 'expression') || ' ' || x."desc") FROM pragma_index_xinfo(i.name) x WHERE x.key = 1) || ')'
          FROM sqlite_master t JOIN pragma_index_list(t.name) i WHERE t.type = 'table' AND i.origin = 'c'
        UNION ALL SELECT 'foreign key ' || t.name || '.' || f."from" || ' -> ' || f."table" || '.' || f."to" || ' on delete ' || f.on_delete
          FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table'
        ORDER BY 1
        """;

    private const string Postgres = """
        SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || coalesce(character_maximum_length::text, '') || ' '
            || coalesce(numeric_precision || ',' || numeric_scale, '') || ' nullable ' || is_nullable || ' identity ' || coalesce(identity_generation, 'no')
          FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '__EFMigrationsHistory'
        UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> '__EFMigrationsHistory'
        UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE '%EFMigrationsHistory%'
        ORDER BY 1
        """;

    public static async Task<string> ReadAsync(DbContext context)
    {
        await context.Database.OpenConnectionAsync();
        await using var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = context.Database.ProviderName!.EndsWith("Sqlite", StringComparison.Ordinal) ? Sqlite : Postgres;
        await using var rows = await command.ExecuteReaderAsync(CommandBehavior.Default);
        var lines = new List<string>();
        while (await rows.ReadAsync())
        {
            lines.Add(rows.GetString(0));
        }

        return string.Join("\n", lines);
    }
}
