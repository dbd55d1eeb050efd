using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Carafe.Tests.FastSqlite;

/// <summary>An interceptor of any kind that says what it is told, each member of its interface, and changes nothing.</summary>
[SuppressMessage("Performance", "CA1852", Justification = "DispatchProxy derives from it.")]
internal class Teller : DispatchProxy
{
    private Scenario _run = null!;

    public static IInterceptor[] All(Scenario run) =>
    [
        Of<IDbCommandInterceptor>(run), Of<IDbConnectionInterceptor>(run), Of<IDbTransactionInterceptor>(run), Of<ISaveChangesInterceptor>(run),
    ];

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var method = targetMethod!;
        _run.Say(string.Join(' ', [method.Name, .. args!.Select(About).Where(text => text.Length > 0)]));
        // Whatever it is handed as the result so far stays the result.
        var result = method.GetParameters().FirstOrDefault(parameter => parameter.Name == "result") is { } given ? args![given.Position] : null;
        return method.ReturnType switch
        {
            { IsGenericType: true } task when task.GetGenericTypeDefinition() == typeof(ValueTask<>) => Activator.CreateInstance(task, result),
            var task when task == typeof(Task) => Task.CompletedTask,
            _ => result,
        };
    }

    private static T Of<T>(Scenario run)
        where T : class, IInterceptor
    {
        var teller = Create<T, Teller>();
        ((Teller)(object)teller)._run = run;
        return teller;
    }

    private static string About(object? argument) => argument switch
    {
        DbCommand command =>
            $"[{command.CommandText.ReplaceLineEndings(" ")}] {command.Parameters.Count} {command.Transaction is not null} {command.CommandTimeout}",
        DbConnection connection => $"{connection.State} {connection is SqliteConnection}",
        CommandExecutedEventData executed => $"{executed.ExecuteMethod} {executed.CommandSource} {executed.IsAsync} {Result(executed.Result)}",
        CommandErrorEventData failed => $"{failed.Exception.GetType().Name} {failed.Exception.Message}",
        DataReaderDisposingEventData read => $"{read.RecordsAffected} {read.ReadCount}",
        DataReaderClosingEventData read => $"{read.RecordsAffected} {read.ReadCount}",
        CommandEventData command => $"{command.ExecuteMethod} {command.CommandSource} {command.IsAsync}",
        TransactionStartingEventData starting => $"{starting.IsolationLevel} {starting.IsAsync}",
        ConnectionErrorEventData failed => failed.Exception.Message,
        ConnectionEventData connection => $"{connection.IsAsync}",
        DbContextEventData context => $"{context.Context?.ChangeTracker.Entries().Count()}",
        _ => "",
    };

    private static string Result(object? result) => result is DbDataReader ? "reader" : $"{result}";
}
