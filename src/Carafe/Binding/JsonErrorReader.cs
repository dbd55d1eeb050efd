using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Carafe.Errors;
using Carafe.Json;
using Carafe.Validation;

namespace Carafe.Binding;

/// <summary>Reports everything that is wrong with a JSON body in one error that names members and never types.</summary>
internal static partial class JsonErrorReader
{
    // The serializer's messages; only their text tells them apart. If a text changes, an error becomes vaguer, not wrong.
    private static readonly (string Said, string Word)[] Known =
        [("could not be mapped to any .NET member", JsonErrorMessages.Unknown), ("Duplicate property", JsonErrorMessages.Twice),
            ("null values", JsonErrorMessages.NotNull)];

    /// <summary>Makes the error from the binder's own exception where nothing else is known: it has the first error only.</summary>
    public static ApiError First(JsonException error, JsonTypeInfo? type)
    {
        if (error.InnerException is JsonException)
        {
            return new ApiError(StatusCodes.Status400BadRequest,
                $"The body is not valid JSON: line {error.LineNumber + 1}, position {error.BytePositionInLine + 1}.");
        }

        var errors = new ValidationErrors();
        var path = ErrorPath.Read(error.Path);
        foreach (Capture name in Missing().Match(error.Message).Groups["name"].Captures)
        {
            errors.Add(ErrorPath.Join(path, name.Value), JsonErrorMessages.Required);
        }

        if (!errors.Any && path.Length > 0)
        {
            errors.Add(path, Known.FirstOrDefault(known => error.Message.Contains(known.Said, StringComparison.Ordinal)).Word ?? JsonErrorMessages.Invalid);
        }

        return errors.Any ? errors.ToError() : WrongKind(type);
    }

    /// <summary>Explains why the bytes are not one JSON text; null when they are.</summary>
    public static ApiError? Malformed(byte[] bytes, JsonSerializerOptions options)
    {
        var text = WithoutMark(bytes);
        if (text.Trim(" \t\r\n"u8).IsEmpty)
        {
            return Empty();
        }

        if (!Utf8.IsValid(text))
        {
            var at = 0;
            while (Rune.DecodeFromUtf8(text[at..], out _, out var length) == OperationStatus.Done)
            {
                at += length;
            }

            return new ApiError(StatusCodes.Status400BadRequest, $"The body is not UTF-8: {Position(text[..at])}.");
        }

        var reader = Reader(text, options);
        try
        {
            while (reader.Read())
            {
            }

            return null;
        }
        catch (JsonException error)
        {
            var where = $"line {error.LineNumber + 1}, position {error.BytePositionInLine + 1}";
            return IsTooDeep(ref reader, text, options)
                ? new ApiError(StatusCodes.Status400BadRequest, $"The body is nested deeper than {options.MaxDepth} levels: {where}.")
                : new ApiError(StatusCodes.Status400BadRequest, $"The body is not valid JSON: {where}.");
        }
    }

    private static bool IsTooDeep(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, JsonSerializerOptions options) =>
        reader.CurrentDepth + 1 >= options.MaxDepth && text[(int)reader.BytesConsumed..].TrimStart(" \t\r\n,:"u8) is [(byte)'[' or (byte)'{', ..];

    public static ApiError Empty() => new(StatusCodes.Status400BadRequest, "The body is empty; this address wants JSON.");

    public static ApiError WrongKind(JsonTypeInfo? type) => new(StatusCodes.Status400BadRequest, type?.Kind switch
    {
        JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => "The body must be a JSON object.",
        JsonTypeInfoKind.Enumerable => "The body must be a JSON list.",
        _ => "The body must not be null.",
    });

    /// <summary>Finds the errors of a well-formed body against a type.</summary>
    /// <returns>The error, when the body as a whole is of the wrong kind.</returns>
    public static ApiError? Walk(byte[] bytes, NullableShape shape, JsonSerializerOptions options, ValidationErrors errors, bool partial = false)
    {
        var type = options.GetTypeInfo(shape.Type);
        var reader = Reader(WithoutMark(bytes), options);
        reader.Read();
        var fits = type.Kind switch
        {
            JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => reader.TokenType == JsonTokenType.StartObject,
            JsonTypeInfoKind.Enumerable => reader.TokenType == JsonTokenType.StartArray,
            _ => true,
        };
        if (!fits)
        {
            return WrongKind(type);
        }

        new JsonErrorWalker(options, errors, partial).Read(ref reader, type, shape, "");
        return null;
    }

    [GeneratedRegex("missing required properties including: '(?<name>[^']+)'(?:, '(?<name>[^']+)')*")]
    private static partial Regex Missing();

    private static Utf8JsonReader Reader(ReadOnlySpan<byte> text, JsonSerializerOptions options) =>
        new(text, new JsonReaderOptions { MaxDepth = options.MaxDepth });

    /// <summary>Skips the byte order mark that a reader may ignore (RFC 8259 section 8.1).</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[3..] : bytes;

    private static string Position(ReadOnlySpan<byte> before) =>
        $"line {before.Count((byte)'\n') + 1}, position {before.Length - before.LastIndexOf((byte)'\n')}";
}
