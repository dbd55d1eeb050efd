using System.Globalization;

namespace Fuzz;

/// <summary>What the command line asks for.</summary>
internal sealed record Options(string Server, string Corpus, TimeSpan Time, long Requests, int Seed, int Workers)
{
    public static Options Parse(string[] args)
    {
        var (server, corpus, time, requests, seed, workers) = ("", "", (TimeSpan?)null, (long?)null, 1, 8);
        for (var at = 0; at + 1 < args.Length; at += 2)
        {
            var value = args[at + 1];
            switch (args[at])
            {
                case "--server": server = Path.GetFullPath(value); break;
                case "--corpus": corpus = Path.GetFullPath(value); break;
                case "--seconds": time = TimeSpan.FromSeconds(Number(value)); break;
                case "--minutes": time = TimeSpan.FromMinutes(Number(value)); break;
                case "--requests": requests = (long)Number(value); break;
                case "--seed": seed = (int)Number(value); break;
                case "--workers": workers = (int)Number(value); break;
                default: throw new ArgumentException($"There is no option {args[at]}.");
            }
        }

        return new Options(server, corpus, time ?? (requests is null ? TimeSpan.FromSeconds(60) : TimeSpan.FromHours(6)), requests
            ?? long.MaxValue, seed, workers);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
