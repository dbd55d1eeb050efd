using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Carafe.Json;
using Microsoft.Extensions.Primitives;

namespace Carafe.Binding;

/// <summary>Represents a query parameter that a type reads itself and has declared, such as those of a page; its values must match the declaration.</summary>
internal sealed class DeclaredParameter(RequestParameterMetadata declared, JsonSerializerOptions json)
{
    private readonly SimpleTextReader? _reader = SimpleTextReader.For(declared.Type, json);

    public string Name => declared.Name;

    public static IEnumerable<DeclaredParameter> Of(Endpoint endpoint, JsonSerializerOptions json) =>
        endpoint.Metadata.GetOrderedMetadata<RequestParameterMetadata>().Where(declared => !declared.IsHeader)
            .Select(declared => new DeclaredParameter(declared, json));

    /// <summary>Describes what is wrong with the request's values for the parameter; null when nothing is.</summary>
    public string? Error(HttpRequest request)
    {
        var values = request.Query[Name];
        return values.Count == 0 ? (declared.Required ? JsonErrorMessages.Required : null)
            : values.Count > 1 ? JsonErrorMessages.Twice
            : declared.Choices is { } choices ? NotOf(choices, values[0] ?? "")
            : _reader is null ? null
            : _reader.Read(values[0] ?? "") is not { } text ? Wrong(values)
            : InRange(text) ? null : Range();
    }

    private static string? NotOf(IReadOnlyList<string> choices, string list) =>
        list.Split(',').All(choices.Contains) ? null : $"must be a list, separated by commas, of: {string.Join(", ", choices)}";

    private string Wrong(StringValues values) =>
        declared.Minimum is null && declared.Maximum is null ? JsonErrorMessages.Wrong(declared.Type, values.ToString(), json) : Range();

    private bool InRange(string text) =>
        (declared.Minimum is null && declared.Maximum is null)
        || (BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && !(number < declared.Minimum)
            && !(number > declared.Maximum));

    private string Range() =>
        "must be a whole number" + (declared.Minimum is { } least ? string.Create(CultureInfo.InvariantCulture, $" from {least}") : "")
        + (declared.Maximum is { } most ? string.Create(CultureInfo.InvariantCulture, $" to {most}") : "");
}
