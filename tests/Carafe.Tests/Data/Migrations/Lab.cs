using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Data.Migrations;

/// <summary>Models that follow each other, and a database that they are tried on.</summary>
internal static class Lab
{
    public static readonly TheoryData<string> Databases = new(TestDatabase.Sqlite, TestDatabase.Postgres);

    /// <summary>A model with these members of its context and these classes.</summary>
    public static string Source(string classes, string modelling = "") => $$"""
        namespace Lab;
        public class LabDb(DbContextOptions<LabDb> options) : DbContext(options)
        {
            protected override void OnModelCreating(ModelBuilder model)
            {
                {{modelling}}
            }
        }
        {{classes}}
        """;

    /// <summary>The next model, which has the migrations of this one.</summary>
    public static CompiledModel Then(this CompiledModel model, string source) =>
        new([source, .. model.Sources.Where(old => !old.Contains("namespace Lab;", StringComparison.Ordinal))]) { Configure = model.Configure };

    public static async Task OkAsync(this CompiledModel model, string url, params string[] args)
    {
        var (code, output) = await model.RunAsync(url, args);
        Assert.True(code == 0, output);
    }

    public static async Task<string> FailsAsync(this CompiledModel model, string url, params string[] args)
    {
        var (code, output) = await model.RunAsync(url, args);
        Assert.True(code == 1, output);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        return output;
    }

    public static async Task ExecuteAsync(this CompiledModel model, string url, string sql) => await model.WithAsync(url, async db =>
    {
        await db.Database.ExecuteSqlRawAsync(sql.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));
        return 0;
    });

    /// <summary>The rows of a query, a line each, with its values between bars.</summary>
    public static Task<string[]> QueryAsync(this CompiledModel model, string url, string sql) => model.WithAsync(url, async db =>
    {
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        await using var rows = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await rows.ReadAsync())
        {
            var values = new object[rows.FieldCount];
            rows.GetValues(values);
            lines.Add(string.Join('|', values.Select(value => value is DBNull ? "null" : Convert.ToString(value, CultureInfo.InvariantCulture))));
        }

        return lines.ToArray();
    });

    /// <summary>The values of a property in all rows by key, as the model reads them.</summary>
    public static Task<object?[]> ReadAsync(this CompiledModel model, string url, string entity, string property) => model.WithAsync(url, async db =>
    {
        var type = db.Model.GetEntityTypes().Single(known => known.ClrType.Name == entity).ClrType;
        var rows = (IQueryable<object>)typeof(DbContext).GetMethod(nameof(DbContext.Set), [])!.MakeGenericMethod(type).Invoke(db, null)!;
        return (await rows.OrderBy(row => EF.Property<int>(row, "Id")).ToListAsync()).Select(row => type.GetProperty(property)!.GetValue(row)).ToArray();
    });

    /// <summary>Calls a method of the class Rows that the model brings.</summary>
    public static Task<string> CallAsync(this CompiledModel model, string url, string method) =>
        model.WithAsync(url, db => (Task<string>)db.GetType().Assembly.GetType("Lab.Rows", throwOnError: true)!.GetMethod(method)!.Invoke(null, [db])!);

    /// <summary>Works with a context of the model.</summary>
    public static async Task<T> WithAsync<T>(this CompiledModel model, string url, Func<DbContext, Task<T>> work)
    {
        await using var app = model.Create(url);
        await using var scope = app.Services.CreateAsyncScope();
        return await work(model.Context(scope.ServiceProvider));
    }
}
