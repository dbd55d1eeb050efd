using System.Diagnostics;
using OpenTelemetry;

namespace Carafe.Telemetry;

/// <summary>Removes what may hold a caller's secrets before a span is exported: the query string, and the text of statements.</summary>
internal sealed class PrivateTagProcessor : BaseProcessor<Activity>
{
    private static readonly string[] Private = ["url.query", "url.full", "http.url", "http.target", "db.query.text", "db.statement"];

    public override void OnEnd(Activity data)
    {
        foreach (var tag in Private)
        {
            if (data.GetTagItem(tag) is not null)
            {
                data.SetTag(tag, null);
            }
        }
    }
}
