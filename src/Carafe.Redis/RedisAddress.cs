using System.Globalization;
using StackExchange.Redis;

namespace Carafe.Redis;

/// <summary>Reads a Redis URL.</summary>
internal static class RedisAddress
{
    /// <summary>Returns the options of a connection; null when the text is no such URL.</summary>
    public static ConfigurationOptions? TryParse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("redis" or "rediss") || url.Host.Length == 0
            // What is not read must not be dropped: it may be the password.
            || url.Query.Length > 0 || (url.UserInfo.Length > 0 && !url.UserInfo.Contains(':', StringComparison.Ordinal)))
        {
            return null;
        }

        var path = url.AbsolutePath.Trim('/');
        var database = 0;
        if (path.Length > 0 && !int.TryParse(path, NumberStyles.None, CultureInfo.InvariantCulture, out database))
        {
            return null;
        }

        var user = url.UserInfo.Split(':', 2);
        var options = new ConfigurationOptions
        {
            DefaultDatabase = database,
            Ssl = url.Scheme == "rediss",
            // A server that is down now may be there later, and what cannot be sent now is not worth keeping.
            AbortOnConnectFail = false,
            BacklogPolicy = BacklogPolicy.FailFast,
            ConnectTimeout = 1000,
            AsyncTimeout = 250,
            SyncTimeout = 250,
            KeepAlive = 5,
            ReconnectRetryPolicy = new LinearRetry(250),
        };
        options.EndPoints.Add(url.IdnHost.Trim('[', ']'), url.Port > 0 ? url.Port : 6379);
        if (user.Length == 2)
        {
            options.User = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null;
            options.Password = Uri.UnescapeDataString(user[1]);
        }

        return options;
    }
}
