using System.CommandLine;
using Carafe.Data.Migrations;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.Commands;

/// <summary>Adds the <c>db</c> commands, named as in Flask-Migrate.</summary>
internal static class DatabaseCommands<TContext>
    where TContext : DbContext
{
    public static Command Create(WebApplication app) => new("db", "Migrate, seed, back up and restore the database.")
    {
        Migrate(app),
        Merge(app),
        Move(app, "upgrade", "Apply migrations up to a target. Default: all of them.", "head", up: true),
        Move(app, "downgrade", "Revert migrations down to a target. Default: the last one.", "-1", up: false),
        Plain(app, "current", "Show the migration that the database is at.", (work, _) => work.CurrentAsync()),
        Plain(app, "history", "List the migrations, oldest first, and which are applied.", (work, _) => work.HistoryAsync()),
        Plain(app, "stamp", "Note migrations up to a target as applied, without running them.", (work, target) => work.StampAsync(target), "target"),
        Plain(app, "check", "Fail when the models have changed since the last migration, or the database is behind.", (work, _) => work.CheckAsync()),
        Plain(app, "seed", "Run the app's seeds.", (work, _) => work.SeedAsync()),
        Plain(app, "data", "Run the app's data migrations, batch by batch, from where they came.", (work, _) => work.DataAsync()),
        Plain(app, "backup", "Write a consistent copy of the database while it is in use.", (work, file) => work.BackupAsync(file), "file"),
        Plain(app, "adopt", "Write a project for the database of a Flask application, into a new folder.", (work, folder) => work.AdoptAsync(folder), "folder"),
        Copy(app),
        Export(app),
        Plain(app, "import", "Read rows that 'db export' wrote into a database without rows.", (work, file) => work.ImportAsync(file), "file"),
        Plain(app, "reset", "Delete everything and migrate again. Development only.", (work, _) => work.ResetAsync()),
        Plain(app, "restore", "Replace what is in the database by a backup.", (work, file) => work.RestoreAsync(file), "file"),
    };

    private static Command Migrate(WebApplication app)
    {
        var message = new Option<string>("--message", "-m") { Description = "What changes, in a few words: it becomes the name.", Required = true };
        var rename = new Option<string[]>("--rename") { Description = "A column or table has a new name and keeps its data: old=new, or table.old=new." };
        var noRename = new Option<bool>("--no-rename") { Description = "What is gone and what is new have nothing to do with each other." };
        var acceptDataLoss = new Option<bool>("--accept-data-loss") { Description = "What is dropped may go with its data." };
        var command = new Command("migrate", "Write a migration from what changed in the models, for every database at once.")
        {
            message,
            rename,
            noRename,
            acceptDataLoss,
        };
        command.SetAction((parsed, stop) => DatabaseWork<TContext>.RunAsync(
            app,
            parsed,
            work => work.MigrateAsync(
                parsed.GetValue(message)!,
                new MigrateChoices([.. (parsed.GetValue(rename) ?? []).Select(Rename.Parse)], parsed.GetValue(noRename), parsed.GetValue(acceptDataLoss))),
            stop));
        return command;
    }

    private static Command Merge(WebApplication app)
    {
        var message = new Option<string>("--message", "-m") { Description = "The name of the migration.", DefaultValueFactory = _ => "merge" };
        var command = new Command("merge", "Write the migration in which branches meet that two people wrote from one base.") { message };
        command.SetAction((parsed, stop) => DatabaseWork<TContext>.RunAsync(app, parsed, work => work.MergeAsync(parsed.GetValue(message)!), stop));
        return command;
    }

    private static Command Copy(WebApplication app)
    {
        var from = new Argument<string>("from") { Description = "The URL of the database that has the rows." };
        var to = new Argument<string>("to") { Description = "The URL of one without rows. It is migrated first if it is empty." };
        var command = new Command("copy", "Copy all rows to another database, of whatever kind, and compare them.") { from, to };
        command.SetAction((parsed, stop) =>
            DatabaseWork<TContext>.RunAsync(app, parsed, work => work.CopyAsync(parsed.GetValue(from)!, parsed.GetValue(to)!), stop));
        return command;
    }

    private static Command Export(WebApplication app)
    {
        var file = new Argument<string>("file");
        var of = new Option<string>("--of") { Description = "One row, such as users=7, and the rows that would be deleted with it. Default: all rows." };
        var command = new Command("export", "Write rows as lines of JSON.") { file, of };
        command.SetAction((parsed, stop) =>
            DatabaseWork<TContext>.RunAsync(app, parsed, work => work.ExportAsync(parsed.GetValue(file)!, parsed.GetValue(of)), stop));
        return command;
    }

    private static Command Move(WebApplication app, string name, string description, string target, bool up)
    {
        var to = new Argument<string>("target")
        {
            Description = "A migration's id, name or number, head, base, or steps such as -1 or +2.",
            DefaultValueFactory = _ => target,
        };
        var sql = new Option<bool>("--sql") { Description = "Print the SQL instead of running it." };
        var command = new Command(name, description) { to, sql };
        command.SetAction((parsed, stop) =>
            DatabaseWork<TContext>.RunAsync(app, parsed, work => work.MoveAsync(parsed.GetValue(to)!, up, parsed.GetValue(sql)), stop));
        return command;
    }

    private static Command Plain(WebApplication app, string name, string description, Func<DatabaseWork<TContext>, string, Task> action,
        string? argument = null)
    {
        var value = argument is null ? null : new Argument<string>(argument);
        var command = new Command(name, description);
        if (value is not null)
        {
            command.Arguments.Add(value);
        }

        command.SetAction((parsed, stop) =>
            DatabaseWork<TContext>.RunAsync(app, parsed, work => action(work, value is null ? "" : parsed.GetValue(value)!), stop));
        return command;
    }
}
