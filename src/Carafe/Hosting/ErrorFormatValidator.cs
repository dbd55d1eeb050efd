using System.Text;
using Carafe.Binding;
using Carafe.Errors;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.Hosting;

/// <summary>Refuses at start an error format that cannot tell the caller what is wrong, and statuses that are no errors.</summary>
internal sealed class ErrorFormatValidator(IEnumerable<IErrorFormat> formats, IOptions<ErrorStatuses> statuses, IOptions<JsonOptions> json) : IRouteValidator
{
    private const string Message = "The message that a caller reads.";

    private static readonly ErrorDetails[] Examples =
    [
        Example(StatusCodes.Status500InternalServerError),
        Example(StatusCodes.Status400BadRequest, new ErrorMember("title", Message)),
        Example(StatusCodes.Status400BadRequest, new ErrorMember("page", Message, ErrorSource.Query)),
        Example(StatusCodes.Status401Unauthorized) with { Reason = "token_expired" },
    ];

    // The first is the kit's.
    private readonly IErrorFormat[] _own = [.. formats.Skip(1)];

    public IEnumerable<string> Errors(IReadOnlyList<RouteEndpoint> endpoints) =>
        [.. Statuses(), .. _own.Length > 1 ? [Many()] : Array.Empty<string>(), .. _own.SelectMany(Format)];

    private IEnumerable<string> Statuses() =>
        from status in typeof(ErrorStatuses).GetProperties()
        let value = (int)status.GetValue(statuses.Value)!
        where value is < 400 or > 599
        select $"ErrorStatuses.{status.Name} is {value}, which is no error: it must be from 400 to 599.";

    private string Many() =>
        $"AddErrorFormat is called {_own.Length} times, for {string.Join(" and ", _own.Select(format => format.BodyType.Name))}. An app has one error format.";

    private IEnumerable<string> Format(IErrorFormat format)
    {
        var name = $"The error format {format.BodyType.Name}";
        if (!MediaTypeHeaderValue.TryParse(format.Options.MediaType, out var type) || !EndpointInfo.IsJson(type.MediaType.Value!))
        {
            yield return $"{name} has the media type '{format.Options.MediaType}', which is not JSON: use application/json or one that ends in +json.";
        }

        foreach (var error in Examples)
        {
            if (Error(format, error) is { } text)
            {
                yield return $"{name} {text}";
                yield break;
            }
        }
    }

    private string? Error(IErrorFormat format, ErrorDetails error)
    {
        try
        {
            var body = format.Serialize(error, json.Value.SerializerOptions);
            var text = Encoding.UTF8.GetString(body);
            return text is not ['{' or '[', ..] ? "is not an object or a list in JSON."
                : text.Contains(Message, StringComparison.Ordinal) ? null
                : $"has no place for the message: the body of {error.Status}{Extra(error)} is {text}.";
        }
        // Code of the app's own: whatever it throws, it would throw in place of every error.
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return $"cannot be made of error {error.Status}: {exception.GetType().Name}: {exception.Message}";
        }
    }

    private static string Extra(ErrorDetails error) => error.Members.Count > 0 ? " with a member" : error.Reason is null ? "" : " with a reason";

    private static ErrorDetails Example(int status, ErrorMember? member = null) => new(status, ReasonPhrases.GetReasonPhrase(status), Message)
    {
        TraceId = "0af7651916cd43dd8448eb211c80319c",
        Errors = member is null ? null : new Dictionary<string, string[]> { [member.Name] = [Message] },
        Members = member is null ? [] : [member],
    };
}
