using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;

namespace Carafe.Tasks;

/// <summary>Enqueues webhooks: signed messages to addresses that others chose, sent by a task.</summary>
public sealed class WebhookClient
{
    private readonly TaskClient _tasks;
    private readonly TimeProvider _clock;
    private readonly IOptions<JsonOptions> _json;

    internal WebhookClient(TaskClient tasks, TimeProvider clock, IOptions<JsonOptions> json) => (_tasks, _clock, _json) = (tasks, clock, json);

    /// <summary>
    /// Adds a message to a context; its <c>SaveChanges</c> stores it with everything else. The message is <c>{"type", "timestamp", "data"}</c>, and its id,
    /// <c>msg_</c> and the task's id, is the same in every attempt.
    /// </summary>
    /// <param name="db">The app's context.</param>
    /// <param name="endpoint">The endpoint's id, for <see cref="IWebhookEndpoints.FindAsync"/>.</param>
    /// <param name="type">What happened, such as <c>order.paid</c>.</param>
    /// <param name="data">What it happened to, written as the app writes JSON.</param>
    /// <param name="options">When and how the task runs.</param>
    /// <returns>The task's id.</returns>
    /// <exception cref="ArgumentException">An option is invalid, or the data are too large.</exception>
    public Guid Enqueue<TData>(DbContext db, string endpoint, string type, TData data, TaskOptions? options = null)
    {
        using var payload = new MemoryStream();
        using (var writer = new Utf8JsonWriter(payload))
        {
            writer.WriteStartObject();
            writer.WriteString("type", type);
            writer.WriteString("timestamp", _clock.GetUtcNow().UtcDateTime);
            writer.WritePropertyName("data");
            JsonSerializer.Serialize(writer, data, _json.Value.SerializerOptions);
            writer.WriteEndObject();
        }

        return _tasks.Enqueue(db, new SendWebhook(endpoint, Encoding.UTF8.GetString(payload.ToArray())), options);
    }
}
