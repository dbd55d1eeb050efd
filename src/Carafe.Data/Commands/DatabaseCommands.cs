using System.CommandLine;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.Commands;

/// <summary>The <c>db</c> commands, named as Flask-Migrate names them.</summary>
internal static class DatabaseCommands<TContext>
    where TContext : DbContext
{
    public static Command Create(WebApplication app) => new("db", "Migrate, seed, back up and restore the database.")
    {
        Migrate(app),
        Move(app, "upgrade", "Apply migrations up to a target, all of them unless told.", "head", up: true),
        Move(app, "downgrade", "Take migrations back to a target, the last one unless told.", "-1", up: false),
        Plain(app, "current", "Show the migration that the database is at.", (work, _) => work.CurrentAsync()),
        Plain(app, "history", "List the migrations, oldest first, and which are applied.", (work, _) => work.HistoryAsync()),
        Plain(app, "stamp", "Note migrations up to a target as applied, without running them.", (work, target) => work.StampAsync(target), "target"),
        Plain(app, "check", "Fail when the models have changed since the last migration, or the database is behind.", (work, _) => work.CheckAsync()),
        Plain(app, "seed", "Run the app's seeds.", (work, _) => work.SeedAsync()),
        Plain(app, "backup", "Write a consistent copy of the database while it is in use.", (work, file) => work.BackupAsync(file), "file"),
        Plain(app, "restore", "Replace what is in the database by a backup.", (work, file) => work.RestoreAsync(file), "file"),
    };

    private static Command Migrate(WebApplication app)
    {
        var message = new Option<string>("--message", "-m") { Description = "What changes, in a few words: it becomes the name.", Required = true };
        var command = new Command("migrate", "Write a migration from what changed in the models, for every database at once.") { message };
        command.SetAction((parsed, stop) => DatabaseWork<TContext>.RunAsync(app, parsed, work => work.MigrateAsync(parsed.GetValue(message)!), stop));
        return command;
    }

    private static Command Move(WebApplication app, string name, string description, string target, bool up)
    {
        var to = new Argument<string>("target") { Description = "A migration's id, name or number, head, base, or steps such as -1 or +2.", DefaultValueFactory = _ => target };
        var sql = new Option<bool>("--sql") { Description = "Print the SQL instead of running it." };
        var command = new Command(name, description) { to, sql };
        command.SetAction((parsed, stop) => DatabaseWork<TContext>.RunAsync(app, parsed, work => work.MoveAsync(parsed.GetValue(to)!, up, parsed.GetValue(sql)), stop));
        return command;
    }

    private static Command Plain(WebApplication app, string name, string description, Func<DatabaseWork<TContext>, string, Task> action, string? argument = null)
    {
        var value = argument is null ? null : new Argument<string>(argument);
        var command = new Command(name, description);
        if (value is not null)
        {
            command.Arguments.Add(value);
        }

        command.SetAction((parsed, stop) => DatabaseWork<TContext>.RunAsync(app, parsed, work => action(work, value is null ? "" : parsed.GetValue(value)!), stop));
        return command;
    }
}
