using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Carafe.Conditional;
using Carafe.Connections;
using Microsoft.AspNetCore.Http.HttpResults;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.Json;

/// <summary>
/// Writes the values of <c>TypedResults.Ok</c> and <c>TypedResults.Created</c> as the platform does, but in one piece and with their length
/// (docs/decisions/0061-json-in-one-piece.md).
/// </summary>
internal static class BufferedJsonResultFilter
{
    private static readonly Func<EndpointFilterFactoryContext, EndpointFilterDelegate, EndpointFilterDelegate> Factory = Around;

    /// <summary>
    /// Adds the filter as a convention of groups. Those run before the conventions of their endpoints, so this is the outermost filter and all others see
    /// the result.
    /// </summary>
    public static void AddTo(EndpointBuilder endpoint)
    {
        if (!endpoint.FilterFactories.Contains(Factory))
        {
            endpoint.FilterFactories.Insert(0, Factory);
        }
    }

    private static EndpointFilterDelegate Around(EndpointFilterFactoryContext endpoint, EndpointFilterDelegate next)
    {
        if (Carried(endpoint.MethodInfo.ReturnType) is not { } type)
        {
            return next;
        }

        var json = endpoint.ApplicationServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        return ((IFilter)Activator.CreateInstance(typeof(Filter<>).MakeGenericType(type), json, next)!).RunAsync;
    }

    /// <summary>Returns whether a handler's result is small or written in one piece, judging by its type.</summary>
    public static bool IsWhole(Type type) => Carried(type) is { } carried
        ? !carried.GetProperties().Any(property => property.PropertyType.IsGenericType
            && property.PropertyType.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>))
        : type.IsGenericType ? type.GetGenericArguments().All(IsWhole)
        : type == typeof(NoContent) || type == typeof(Created) || type == typeof(Ok);

    // Of Ok<T> and Created<T>, in tasks and unions too.
    private static Type? Carried(Type type)
    {
        if (!type.IsGenericType)
        {
            return null;
        }

        var definition = type.GetGenericTypeDefinition();
        if (definition == typeof(Ok<>) || definition == typeof(Created<>))
        {
            return type.GetGenericArguments()[0];
        }

        return definition == typeof(Task<>) || definition == typeof(ValueTask<>) || type.IsAssignableTo(typeof(INestedHttpResult))
            ? type.GetGenericArguments().Select(Carried).FirstOrDefault(found => found is not null)
            : null;
    }

    private interface IFilter
    {
        ValueTask<object?> RunAsync(EndpointFilterInvocationContext context);
    }

    private sealed class Filter<T>(JsonSerializerOptions options, EndpointFilterDelegate next) : IFilter
    {
        private readonly JsonWriterOptions _writer = new()
        {
            Encoder = options.Encoder,
            Indented = options.WriteIndented,
            IndentCharacter = options.IndentCharacter,
            IndentSize = options.IndentSize,
            NewLine = options.NewLine,
            MaxDepth = options.MaxDepth,
            SkipValidation = true,
        };

        private const int Kept = 64 * 1024;
        private const int Piece = 32 * 1024;

        [ThreadStatic]
        private static ArrayBufferWriter<byte>? _bytes;

        // Read when the first response is written: reading a type takes time that a start does not have.
        private JsonTypeInfo<T>? _type;
        private bool _streams;

        public async ValueTask<object?> RunAsync(EndpointFilterInvocationContext context)
        {
            var result = await next(context);
            var response = context.HttpContext.Response;
            var tagged = result as TaggedResult;
            switch (tagged?.Inner ?? (result is INestedHttpResult nested ? nested.Result : result))
            {
                case Ok<T> { Value: { } value } when IsWhole(value):
                    await WriteAsync(response, StatusCodes.Status200OK, value, tagged?.State);
                    return Results.Empty;
                case Created<T> { Value: { } value } created when IsWhole(value):
                    if (!string.IsNullOrEmpty(created.Location))
                    {
                        response.Headers.Location = created.Location;
                    }

                    await WriteAsync(response, StatusCodes.Status201Created, value, tagged?.State);
                    return Results.Empty;
                default:
                    return result;
            }
        }

        // The platform writes a value of another type than the declared one, and one that yields its items as they come.
        private bool IsWhole(T value)
        {
            if (_type is null)
            {
                _type = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
                _streams = Streams(typeof(T), []);
            }

            return !_streams && (value!.GetType() == typeof(T) || _type.PolymorphismOptions is not null);
        }

        private bool Streams(Type type, HashSet<Type> seen)
        {
            if (!seen.Add(type))
            {
                return false;
            }

            if (type.GetInterfaces().Append(type).Any(part => part.IsGenericType && part.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>)))
            {
                return true;
            }

            var info = options.GetTypeInfo(type);
            return (info.ElementType is { } element && Streams(element, seen)) || info.Properties.Any(property => Streams(property.PropertyType, seen));
        }

        private Task WriteAsync(HttpResponse response, int status, T value, string? state)
        {
            response.StatusCode = status;
            response.ContentType = "application/json; charset=utf-8";
            return WriteBytes(response, value, state);
        }

        // The tag is made of the bytes, and a long response goes out as the client takes it: so they lie elsewhere first.
        private Task WriteBytes(HttpResponse response, T value, string? state)
        {
            var bytes = _bytes ?? new ArrayBufferWriter<byte>(4096);
            _bytes = null;
            using (var writer = new Utf8JsonWriter(bytes, _writer))
            {
                JsonSerializer.Serialize(writer, value, _type!);
            }

            if (state is not null && !TaggedResult.Begin(response.HttpContext, state, bytes.WrittenSpan))
            {
                Keep(bytes);
                return Task.CompletedTask;
            }

            response.ContentLength = bytes.WrittenCount;
            if (bytes.WrittenCount > InFlightBudget.Small)
            {
                return SendLongAsync(response, bytes.WrittenMemory);
            }

            var body = response.BodyWriter;
            body.Write(bytes.WrittenSpan);
            Keep(bytes);
            var flushed = body.FlushAsync();
            return flushed.IsCompletedSuccessfully ? Task.CompletedTask : flushed.AsTask();
        }

        private static void Keep(ArrayBufferWriter<byte> bytes)
        {
            if (bytes.Capacity <= Kept)
            {
                bytes.ResetWrittenCount();
                _bytes = bytes;
            }
        }

        // In pieces: the server cuts a client that does not take one of them in time.
        private static async Task SendLongAsync(HttpResponse response, ReadOnlyMemory<byte> bytes)
        {
            var budget = response.HttpContext.RequestServices.GetRequiredService<InFlightBudget>();
            if (!budget.TryTake(bytes.Length))
            {
                response.ContentLength = null;
                throw new AbortException(InFlightBudget.Full);
            }

            try
            {
                for (var rest = bytes; !rest.IsEmpty; rest = rest[Math.Min(Piece, rest.Length)..])
                {
                    if ((await response.BodyWriter.WriteAsync(rest[..Math.Min(Piece, rest.Length)])).IsCompleted)
                    {
                        response.HttpContext.Abort();
                        return;
                    }
                }
            }
            finally
            {
                budget.Return(bytes.Length);
            }
        }
    }
}
