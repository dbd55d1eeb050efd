using System.Globalization;
using System.Net.Mime;
using System.Reflection;
using Carafe.Tasks.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Carafe.Tasks;

/// <summary>
/// Responds with 202 for work that a task does: <c>Location</c> is the resource of <see cref="TaskStatusBlueprint"/> that tells what became of it,
/// <c>Retry-After</c> when to ask. Only the task's owner may ask there.
/// </summary>
/// <param name="id">The task, already saved.</param>
public sealed class AcceptedTask(Guid id) : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    internal const int RetryAfterSeconds = 1;

    /// <summary>Gets the task's id.</summary>
    public Guid Id { get; } = id;

    /// <summary>Gets 202.</summary>
    public int? StatusCode => StatusCodes.Status202Accepted;

    /// <summary>Writes the response.</summary>
    /// <param name="httpContext">The request's context.</param>
    /// <exception cref="InvalidOperationException">The app does not map <see cref="TaskStatusBlueprint"/>.</exception>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var location = httpContext.RequestServices.GetRequiredService<LinkGenerator>()
            .GetPathByName(httpContext, $"{TaskStatusBlueprint.Name}.{nameof(TaskStatusBlueprint.GetTask)}", new RouteValueDictionary { ["id"] = Id })
            ?? throw new InvalidOperationException("Map the status of tasks: app.MapBlueprint<TaskStatusBlueprint>(\"/tasks\").");
        var headers = httpContext.Response.Headers;
        headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        if (PreferHeader.Has(httpContext.Request, PreferHeader.RespondAsync))
        {
            headers["Preference-Applied"] = PreferHeader.RespondAsync;
        }

        return TypedResults.Accepted(location, new AcceptedTaskResponse(Id, location)).ExecuteAsync(httpContext);
    }

    /// <summary>Describes the response for the API document.</summary>
    /// <param name="method">The handler.</param>
    /// <param name="builder">The endpoint.</param>
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status202Accepted, typeof(AcceptedTaskResponse), [MediaTypeNames.Application.Json]));
        builder.Metadata.Add(new ResponseHeaderMetadata(HeaderNames.Location, "Where to ask what became of it.", StatusCodes.Status202Accepted));
        builder.Metadata.Add(new ResponseHeaderMetadata(HeaderNames.RetryAfter, "When to ask, in seconds (RFC 9110).", StatusCodes.Status202Accepted)
        {
            Example = "1",
        });
    }
}

/// <summary>Represents work that was accepted.</summary>
/// <param name="Id">The task.</param>
/// <param name="Status">The path of its status.</param>
public sealed record AcceptedTaskResponse(Guid Id, string Status);
