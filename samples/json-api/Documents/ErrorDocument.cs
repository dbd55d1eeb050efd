using System.Globalization;

namespace JsonApi.Documents;

/// <summary>A document with errors.</summary>
/// <param name="Errors">The errors: one for each fault of a request.</param>
public sealed record ErrorDocument(IReadOnlyList<ErrorObject> Errors)
{
    public static ErrorDocument From(ErrorDetails error) => new(
    [
        .. error.Members.Count == 0
            ? [ErrorObject.Of(error, error.Message, null)]
            : error.Members.Select(member => ErrorObject.Of(error, member.Message, ErrorPlace.Of(member))),
    ]);
}

/// <summary>An error.</summary>
/// <param name="Id">The trace id, by which the log finds it.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">What a program may tell it by, where there is more than the status.</param>
/// <param name="Title">The kind of error.</param>
/// <param name="Detail">What went wrong.</param>
/// <param name="Source">Which part of the request it is about.</param>
public sealed record ErrorObject(string? Id, string Status, string? Code, string Title, string Detail, ErrorPlace? Source)
{
    public static ErrorObject Of(ErrorDetails error, string detail, ErrorPlace? source) =>
        new(error.TraceId, error.Status.ToString(CultureInfo.InvariantCulture), error.Reason, error.Title, detail, source);
}

/// <summary>The part of a request that an error is about.</summary>
/// <param name="Pointer">The member of the body (RFC 6901).</param>
/// <param name="Parameter">The query parameter.</param>
/// <param name="Header">The header.</param>
public sealed record ErrorPlace(string? Pointer, string? Parameter, string? Header)
{
    public static ErrorPlace? Of(ErrorMember member) => member.Source switch
    {
        ErrorSource.Body => new(member.JsonPointer, null, null),
        ErrorSource.Query => new(null, member.Name, null),
        ErrorSource.Header => new(null, null, member.Name),
        _ => null,
    };
}
