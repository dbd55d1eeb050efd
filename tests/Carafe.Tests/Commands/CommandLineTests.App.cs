using System.CommandLine;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests.Commands;

/// <summary>The app that is asked, and what it is made of.</summary>
public sealed partial class CommandLineTests
{
    private string Output => _output.ToString().TrimEnd();

    private string Error => _error.ToString().TrimEnd();

    private Task<int> RunAsync(params string[] args) => CarafeApp.RunAsync([.. _folder.Args("Testing"), .. args], Create, _output, _error);

    private WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure)
    {
        var builder = CarafeApp.CreateBuilder(args);
        builder.Logging.ClearProviders();
        _configure(builder);
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UseCarafe();
        _map(app);
        return app;
    }

    private static Command Failing(Exception fault)
    {
        var command = new Command("fail", "Fail.");
        command.SetAction((_, _) => Task.FromException(fault));
        return command;
    }

    private sealed class Guarded : IBlueprint
    {
        public static string Name => "things";

        public static void Map(RouteGroupBuilder group)
        {
            group.MapGet("/", List).AllowAnonymous();
            group.MapPost("/", () => "");
            group.MapGet("/me", () => "").RequireAuthorization();
            group.MapPut("/{id}", () => "").RequireAuthorization("owner");
            group.MapDelete("/{id}", () => "").RequireAuthorization(policy => policy.RequireRole("admin", "root").RequireAuthenticatedUser());
            group.MapDelete("/", () => "").RequireAuthorization(policy => policy.RequireClaim("scope", "things:write").AddRequirements(new OldEnough()));
        }

        internal static string List() => "";
    }

    private sealed class OldEnough : IAuthorizationRequirement
    {
        public override string ToString() => "old enough";
    }

    private sealed class Broken : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("No fuel.");

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class ErrorLog : ILoggerProvider, ILogger
    {
        public List<Exception?> Errors { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error)
            {
                Errors.Add(exception);
            }
        }

        public void Dispose()
        {
        }
    }
}
