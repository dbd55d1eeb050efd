using System.Data.Common;
using System.Text.Json;
using Carafe.Data.Conventions;
using Carafe.Data.Health;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Net.Http.Headers;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.Data.Errors;

/// <summary>Maps the database's errors to responses: 409 and 422 that name the JSON member, 412, 503.</summary>
internal static class DatabaseErrors
{
    private static readonly string[] Missing = ["refers to something that is not there"];

    public static void AddDatabaseErrors<TContext>(this IServiceCollection services)
        where TContext : DbContext
    {
        services.AddErrorMap<DbUpdateConcurrencyException>(Concurrency);
        services.AddErrorMap<DbUpdateException>((exception, context) => Explain<TContext>(exception, context));
        services.AddErrorMap<DbException>((exception, context) => Explain<TContext>(exception, context));
        services.AddErrorMap<InvalidOperationException>((exception, context) =>
            exception.InnerException is null ? null : Explain<TContext>(exception, context));
    }

    // 412 is the response to a condition, and this request had none (RFC 9110 section 13).
    private static ApiError Concurrency(DbUpdateConcurrencyException exception, HttpContext context)
    {
        if (context.Request.Headers.ContainsKey(HeaderNames.IfMatch) || context.Request.Headers.ContainsKey(HeaderNames.IfUnmodifiedSince))
        {
            return new ApiError(StatusCodes.Status412PreconditionFailed);
        }

        return exception.Entries.Any(IsGone)
            ? new ApiError(StatusCodes.Status404NotFound, "What was to be changed is not there any more.")
            : new ApiError(StatusCodes.Status409Conflict, "Somebody else has changed this meanwhile. Read it again and repeat the change.");
    }

    private static bool IsGone(EntityEntry entry)
    {
        try
        {
            return entry.GetDatabaseValues() is null;
        }
        catch (Exception error) when (error is DbException or InvalidOperationException)
        {
            return false;
        }
    }

    private static ApiError? Explain<TContext>(Exception exception, HttpContext context)
        where TContext : DbContext
    {
        var cause = exception;
        while (cause is not null and not DbException)
        {
            cause = cause.InnerException;
        }

        if (cause is DbException && context.RequestAborted.IsCancellationRequested)
        {
            // The request was cancelled. Only the access log reads this status; it is the platform's.
            return new ApiError(StatusCodes.Status499ClientClosedRequest);
        }

        var services = context.RequestServices;
        if (cause is not DbException failure || services.GetRequiredService<DatabaseHandle<TContext>>().Database.Explain(failure) is not { } error)
        {
            return null;
        }

        if (error is { IsBusy: false, Kind: DatabaseErrorKind.Unavailable or DatabaseErrorKind.Damaged })
        {
            services.GetRequiredService<DatabaseState>().Report(services.GetRequiredService<DatabaseHandle<TContext>>().Database.TroubleOf(failure));
        }

        var row = (exception as DbUpdateException)?.Entries is [var entry, ..] ? entry : null;
        if (error is { Kind: DatabaseErrorKind.ForeignKey, Constraint: null } && row is not null)
        {
            error = error with { Constraint = OnlyReference(row) };
        }

        var db = row?.Context ?? services.GetRequiredService<TContext>();
        if (error is { Kind: DatabaseErrorKind.Check, Table: null } && row is not null)
        {
            error = error with { Table = row.Metadata.GetTableName() };
        }

        var model = error.Kind == DatabaseErrorKind.Check ? db.GetService<IDesignTimeModel>().Model : db.Model;
        return Explain(error, model, services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions);
    }

    // SQLite does not report which foreign key failed. If a written row has only one that is set, it was that one.
    private static string? OnlyReference(EntityEntry row)
    {
        var set = row.Metadata.GetForeignKeys().Where(key => key.Properties.All(property => row.CurrentValues[property] is not null)).Take(2).ToList();
        return row.State is EntityState.Added or EntityState.Modified && set is [var only] ? only.GetConstraintName() : null;
    }

    private static ApiError Explain(DatabaseError error, IModel model, JsonSerializerOptions json)
    {
        switch (error.Kind)
        {
            case DatabaseErrorKind.Unique:
                var names = ConstraintNames.Members(error, model, json);
                return new ApiError(StatusCodes.Status409Conflict, names.Count == 0 ? ""
                    : $"{string.Join(" and ", names)} {(names.Count > 1 ? "together are" : "is")} already taken.")
                {
                    Errors = names.Count == 0 ? null
                        : names.ToDictionary(name => name, name => new[] { names.Count > 1 ? "is already taken in this combination" : "is already taken" }),
                };
            case DatabaseErrorKind.ForeignKey:
                var references = ConstraintNames.Members(error, model, json);
                return new ApiError(StatusCodes.Status409Conflict, references.Count == 0
                    ? "What this refers to is not there, or something still refers to it." : $"{references[0]} refers to something that is not there.")
                {
                    Errors = references.Count == 0 ? null : references.ToDictionary(name => name, _ => Missing),
                };
            case DatabaseErrorKind.Check:
                var broken = ConstraintNames.Checked(error, model, json);
                var name = error.Constraint is null ? "a rule of the database" : $"the rule {error.Constraint}";
                return new ApiError(StatusCodes.Status422UnprocessableEntity, broken.Count == 0 ? $"The values break {name}."
                    : $"{string.Join(" and ", broken)}: breaks {name}.")
                {
                    Errors = broken.Count == 0 ? null : broken.ToDictionary(member => member, _ => new[] { $"breaks {name}" }),
                };
            case DatabaseErrorKind.Value:
                return new ApiError(StatusCodes.Status400BadRequest, "A text holds a character that cannot be stored.");
            case DatabaseErrorKind.Damaged:
                return new ApiError(StatusCodes.Status500InternalServerError,
                    "The database is damaged. An operator has to see to it.")
                { Reason = "database_damaged" };
            default:
                return new ApiError(StatusCodes.Status503ServiceUnavailable) { RetryAfter = TimeSpan.FromSeconds(2) };
        }
    }
}
