namespace MyApi.Auth;

/// <summary>Names a browser and its system by known words alone: a User-Agent is a stranger's text, and a mail must carry none.</summary>
internal static class DeviceNames
{
    // The first that is found counts: Edge calls itself Chrome and Safari too.
    private static readonly (string Word, string Name)[] Programs =
    [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("Chrome", "Chrome"),
        ("CriOS", "Chrome"), ("Safari", "Safari"), ("curl", "curl"),
    ];

    private static readonly (string Word, string Name)[] Systems =
    [
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ];

    public static string Of(string agent) => (Find(Programs, agent), Find(Systems, agent)) switch
    {
        ({ } program, { } system) => $"{program} on {system}",
        (null, null) => "an unknown device",
        var (program, system) => program ?? system!,
    };

    private static string? Find((string Word, string Name)[] known, string agent) =>
        known.Where(one => agent.Contains(one.Word, StringComparison.Ordinal)).Select(one => one.Name).FirstOrDefault();
}
