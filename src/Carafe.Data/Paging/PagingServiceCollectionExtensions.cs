using Carafe.Data;
using Carafe.Data.Paging;
using Carafe.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Sets how the app's lists are paged.</summary>
public static class PagingServiceCollectionExtensions
{
    /// <summary>Names the parameters of the app's lists and limits their pages.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configure">Sets the options: <c>paging => paging.OffsetParameter = "offset"</c>.</param>
    public static IServiceCollection AddPaging(this IServiceCollection services, Action<PagingOptions> configure)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRouteValidator, PagingValidator>());
        return services.Configure(configure);
    }
}
