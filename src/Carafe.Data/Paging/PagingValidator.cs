using Carafe.Hosting;

namespace Carafe.Data.Paging;

/// <summary>Refuses paging options that contradict each other, and limits of single lists that do.</summary>
internal sealed class PagingValidator(IOptions<PagingOptions> options) : IRouteValidator
{
    public IEnumerable<string> Errors(IReadOnlyList<RouteEndpoint> endpoints) =>
    [
        .. options.Value.Errors(),
        .. from endpoint in endpoints
           let size = endpoint.Metadata.GetMetadata<PageParameters>()
           where size is { IsOwnSize: true }
           let error = PagingOptions.SizeError(RouteTable.Describe(endpoint), size.DefaultLimit, size.MaxLimit)
           where error is not null
           select error,
    ];
}
