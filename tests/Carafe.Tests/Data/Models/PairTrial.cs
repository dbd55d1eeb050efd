using System.Data.Common;
using Carafe.Data.Migrations;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.Tests.Data.Models;

/// <summary>Changes one column from one type to another, for each value, and takes it back.</summary>
internal sealed class PairTrial(Side old, Side recent, ColumnKind from, ColumnKind to)
{
    private readonly IColumn _before = old.Column($"From{from.Name}", $"To{to.Name}");
    private readonly IColumn _after = recent.Column($"From{from.Name}", $"To{to.Name}");

    public async Task<IReadOnlyList<string>> RunAsync()
    {
        var faults = new List<string>();
        foreach (var group in from.Values.Where(IsStorable).GroupBy(value => Meaning.Of(value, from, to) == Outcome.Taken).SelectMany(Groups))
        {
            faults.AddRange((await TryAsync(group)).Select(fault => $"{from.Name} to {to.Name}: {fault}"));
        }

        return faults;
    }

    // SQLite keeps no value that is no number.
    private bool IsStorable(object value) =>
        value is not (double.NaN or float.NaN) || !recent.Context.Database.ProviderName!.EndsWith("Sqlite", StringComparison.Ordinal);

    // What is taken is tried at once; what is refused ends the step, and is tried one by one.
    private static IEnumerable<object[]> Groups(IGrouping<bool, object> values) => values.Key ? [[.. values]] : values.Select(value => new[] { value });

    private async Task<IReadOnlyList<string>> TryAsync(object[] values)
    {
        var faults = new List<string>();
        try
        {
            await recent.Database.ChangeSchemaAsync(recent.Context, async () =>
            {
                await using var transaction = recent.Context.Database.CurrentTransaction is null ? await recent.Context.Database.BeginTransactionAsync() : null;
                await TryAsync(values, faults);
                throw new OperationCanceledException();
            }, CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            // Taken back.
        }

        return faults;
    }

    private async Task TryAsync(object[] values, List<string> faults)
    {
        var run = await MigrationRun.OnAsync(recent.Context, CancellationToken.None);
        var (table, column) = (run.Quote(_before.Table.Name), run.Quote(_before.Name));
        for (var i = 0; i < values.Length; i++)
        {
            await using var insert = run.Command($"INSERT INTO {table} (id, {column}) VALUES ({i + 1}, @value)");
            insert.Parameters.Add(Parameter(insert, _before, values[i]));
            await insert.ExecuteNonQueryAsync();
        }

        await run.ExecuteAsync($"INSERT INTO {table} (id) VALUES ({values.Length + 1})", CancellationToken.None);
        var expected = values.Length == 1 ? Meaning.Of(values[0], from, to) : Outcome.Taken;
        var shown = string.Join(", ", values.Select(ColumnKind.Show));
        try
        {
            var content = Content();
            await recent.Database.RunStepAsync(run, content, CancellationToken.None);
            await StepCheck.RunAsync(recent.Context, recent.Database, content, CancellationToken.None);
        }
        catch (CommandException refused)
        {
            if (expected == Outcome.Taken)
            {
                faults.Add($"{shown} is refused: {refused.Message}");
            }
            else if (!refused.Message.Contains($"{_before.Table.Name}.{_before.Name}", StringComparison.Ordinal)
                || !refused.Message.Contains("id 1", StringComparison.Ordinal))
            {
                faults.Add($"{shown}: neither column nor row is named: {refused.Message}");
            }

            return;
        }
        catch (Exception fault) when (fault is not Xunit.Sdk.XunitException)
        {
            faults.Add($"{shown}: {fault.GetType().Name}: {fault.Message}");
            return;
        }

        await CompareAsync(run, values, expected, faults);
    }

    private async Task CompareAsync(MigrationRun run, object[] values, Outcome expected, List<string> faults)
    {
        var (table, column) = (run.Quote(_before.Table.Name), run.Quote(_before.Name));
        var reading = new TransferColumn(_after);
        await using var command = run.Command($"SELECT {column}, id FROM {table} ORDER BY id");
        var found = new List<(object Old, object? New)>();
        await using (var reader = await command.ExecuteReaderAsync())
        {
            for (var i = 0; await reader.ReadAsync(); i++)
            {
                if (i == values.Length)
                {
                    faults.AddRange(reader.IsDBNull(0) ? [] : ["nothing became a value"]);
                    continue;
                }

                found.Add((values[i], Read(reader, reading)));
            }
        }

        foreach (var (was, now) in found)
        {
            var shown = $"{ColumnKind.Show(was)} becomes {ColumnKind.Show(now)}";
            if (expected == Outcome.Refused)
            {
                faults.Add($"{shown} and is to be refused");
            }
            else if (now is Exception || !Meaning.IsKept(ColumnKind.ToModel(was, typeof(object)), now, from, to))
            {
                faults.Add(shown);
            }
            else
            {
                await using var filter = run.Command($"SELECT count(*) FROM {table} WHERE {column} = @value");
                filter.Parameters.Add(Parameter(filter, _after, now!));
                faults.AddRange(Convert.ToInt64(await filter.ExecuteScalarAsync(), null) > 0 ? [] : [$"{shown} and is not found by a filter"]);
            }
        }
    }

    private static object? Read(DbDataReader reader, TransferColumn column)
    {
        try
        {
            return column.Read(reader, 0);
        }
        catch (Exception fault) when (fault is FormatException or OverflowException or InvalidCastException or ArgumentException or InvalidOperationException)
        {
            return fault;
        }
    }

    private static DbParameter Parameter(DbCommand command, IColumn column, object value)
    {
        var (mapping, type) = (column.PropertyMappings[0].TypeMapping, column.PropertyMappings[0].Property.ClrType);
        return mapping.CreateParameter(command, "@value", ColumnKind.ToModel(value, Nullable.GetUnderlyingType(type) ?? type));
    }

    // Running operations completes them, so each trial takes new ones.
    private StepContent Content()
    {
        var content = recent.Content with { Operations = [.. recent.NewOperations().Where(IsOurs)] };
        GeneratedKey.Translate(content.Operations, recent.Context);
        ColumnDefaults.Complete(content, recent.Context);
        return content;
    }

    private bool IsOurs(MigrationOperation operation) =>
        operation is ColumnOperation change && change.Table == _before.Table.Name && change.Name == _before.Name;
}
