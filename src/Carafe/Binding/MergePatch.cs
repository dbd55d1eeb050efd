using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carafe.Binding;
using Carafe.Errors;
using Carafe.Json;
using Carafe.Validation;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Validation;
using Microsoft.Net.Http.Headers;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

// ASP0029: a merged record is validated by the generated validators, which can be called in no other way. CA1000: the binder finds static members.
#pragma warning disable ASP0029, CA1000

namespace Carafe;

/// <summary>
/// Represents a JSON merge patch (RFC 7396) as a handler's parameter, read from <c>application/merge-patch+json</c> or <c>application/json</c>. An absent
/// member stays as it is, with the part of a timestamp that the wire does not show; null removes it. Unknown members and values of the wrong kind are 400
/// before the handler runs.
/// </summary>
/// <typeparam name="T">The full record, public, as PUT accepts it.</typeparam>
public sealed class MergePatch<T> : IEndpointParameterMetadataProvider
    where T : class
{
    private static readonly string[] Types = ["application/merge-patch+json", "application/json"];

    private readonly HttpContext _context;
    private readonly JsonObject _changes;

    private MergePatch(HttpContext context, JsonObject changes) => (_context, _changes) = (context, changes);

    /// <summary>Returns whether the patch contains a member, null included.</summary>
    /// <param name="member">The JSON name.</param>
    public bool IsSet(string member) => _changes.ContainsKey(member);

    /// <summary>Returns the record with the patch applied, validated by the attributes of the full record.</summary>
    /// <param name="current">The record as it is.</param>
    /// <exception cref="AbortException">400, naming every member that is invalid or may not be removed.</exception>
    public async ValueTask<T> ApplyToAsync(T current)
    {
        var whole = _context.RequestServices.GetRequiredService<WholeJson>();
        var json = whole.Reading;
        var merged = Merge(JsonSerializer.SerializeToNode(current, whole.Writing), _changes);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(merged, json);
        T result;
        try
        {
            result = JsonSerializer.Deserialize<T>(bytes, json)!;
        }
        catch (JsonException exception)
        {
            var found = new ValidationErrors();
            throw new AbortException(JsonErrorReader.Walk(bytes, NullableShape.Of(typeof(T)), json, found)
                ?? (found.Any ? found.ToError() : JsonErrorReader.First(exception, null)));
        }

        RefuseNulls(result, json);
        var options = _context.RequestServices.GetRequiredService<IOptions<ValidationOptions>>().Value;
        if (options.TryGetValidatableTypeInfo(typeof(T), out var rules))
        {
            var context = new ValidateContext
            {
                ValidationOptions = options,
                ValidationContext = new ValidationContext(result, _context.RequestServices, null)
            };
            await rules.ValidateAsync(result, context, _context.RequestAborted);
            if (context.ValidationErrors is { Count: > 0 } errors)
            {
                throw new AbortException(ValidationErrorTranslator.Read(errors, typeof(T), json, [], _context.Request).ToError());
            }
        }

        return result;
    }

    /// <summary>Reads the patch from the body.</summary>
    /// <param name="context">The request's context.</param>
    /// <exception cref="AbortException">415 for another content type; 400 naming every error.</exception>
    public static async ValueTask<MergePatch<T>?> BindAsync(HttpContext context)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            || !Types.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase))
        {
            throw new AbortException(new ApiError(StatusCodes.Status415UnsupportedMediaType));
        }

        using var body = new MemoryStream();
        await context.Request.BodyReader.CopyToAsync(body, context.RequestAborted);
        var (bytes, json, found) = (body.ToArray(), Json(context), new ValidationErrors());
        var error = JsonErrorReader.Malformed(bytes, json) ?? JsonErrorReader.Walk(bytes, NullableShape.Of(typeof(T)), json, found, partial: true)
            ?? (found.Any ? found.ToError() : null);
        return error is null ? new MergePatch<T>(context, JsonNode.Parse(JsonErrorReader.WithoutMark(bytes))!.AsObject()) : throw new AbortException(error);
    }

    /// <inheritdoc/>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new AcceptsMetadata(Types, typeof(T)));
        builder.ApplicationServices.GetService<PatchedTypes>()?.Add(typeof(T));
    }

    // The serializer asks no member whose type is a type parameter, and no element of a list.
    private static void RefuseNulls(T result, JsonSerializerOptions json)
    {
        var found = new ValidationErrors();
        foreach (var (path, message) in BodyValueCheck.For(NullableShape.Of(typeof(T)), json)?.Find(result, "") ?? [])
        {
            found.Add(ValidationPath.Resolve(path, typeof(T), json).Name, message);
        }

        if (found.Any)
        {
            throw new AbortException(found.ToError());
        }
    }

    private static JsonSerializerOptions Json(HttpContext context) =>
        context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;

    // RFC 7396 section 2.
    private static JsonObject Merge(JsonNode? target, JsonObject changes)
    {
        var result = target as JsonObject ?? [];
        foreach (var (name, change) in changes)
        {
            if (change is null)
            {
                result.Remove(name);
            }
            else
            {
                result[name] = change is JsonObject inner ? Merge(result[name], inner) : change.DeepClone();
            }
        }

        return result;
    }
}
