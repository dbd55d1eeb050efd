using System.Text.Json;

namespace Carafe.Errors;

/// <summary>Makes an error a body of one type.</summary>
internal interface IErrorFormat
{
    Type BodyType { get; }

    ErrorFormatOptions Options { get; }

    string ContentType { get; }

    byte[] Serialize(ErrorDetails error, JsonSerializerOptions json);
}

internal sealed class ErrorFormat<TBody>(Func<ErrorDetails, TBody> map, ErrorFormatOptions options) : IErrorFormat
{
    public Type BodyType => typeof(TBody);

    public ErrorFormatOptions Options => options;

    // Media types of the app's own may forbid parameters, as JSON:API's does.
    public string ContentType { get; } = options.MediaType == "application/json" ? "application/json; charset=utf-8" : options.MediaType;

    public byte[] Serialize(ErrorDetails error, JsonSerializerOptions json) => JsonSerializer.SerializeToUtf8Bytes(map(error), json);
}
