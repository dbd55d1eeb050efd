using Carafe.Tasks;
using Carafe.Tasks.Webhooks;
using Microsoft.AspNetCore.Http.Json;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds signed webhooks to an app.</summary>
public static class WebhookServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="WebhookClient"/> and the task that sends webhooks. The app calls <c>AddTasks</c> as well. A message is tried 17 times within about two
    /// days: at once, after 5 seconds, and each time after twice as long, up to 10 hours.
    /// </summary>
    /// <typeparam name="TEndpoints">Finds where they go. It is scoped, unless the app added it in another way before.</typeparam>
    /// <param name="services">The app's services.</param>
    /// <param name="registration">The task's default options and limits in place of these.</param>
    public static IServiceCollection AddWebhooks<TEndpoints>(this IServiceCollection services, TaskRegistration? registration = null)
        where TEndpoints : class, IWebhookEndpoints
    {
        services.AddSettings<WebhookSettings>();
        services.TryAddScoped<TEndpoints>();
        services.AddScoped<IWebhookEndpoints>(provider => provider.GetRequiredService<TEndpoints>());
        services.AddSingleton<WebhookSender>();
        services.AddSingleton(provider => new WebhookClient(provider.GetRequiredService<TaskClient>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptions<JsonOptions>>()));
        return services.AddTask<SendWebhook>(
            (SendWebhook task, TaskContext context, IWebhookEndpoints endpoints, WebhookSender sender, CancellationToken cancellationToken) =>
                sender.SendAsync(task, context, endpoints, cancellationToken),
            registration ?? new() { Defaults = new() { Retries = 16, MaxBackoff = TimeSpan.FromHours(10), SoftLimit = TimeSpan.FromMinutes(6) } });
    }
}
