using Carafe.Errors;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Carafe.Binding;

/// <summary>
/// Reads the simple parameters of an endpoint by the rules of JSON before the platform's binder does, whether that was made by the build or at run time.
/// It reports all errors at once, and passes the rest on in the form that the binder reads to the same value.
/// </summary>
internal sealed class ParameterReader
{
    private readonly Endpoint _endpoint;
    private readonly EndpointInfo _info;
    private readonly BoundParameter[] _parameters;
    private readonly bool _readsForm;

    private ParameterReader(Endpoint endpoint, EndpointInfo info, BoundParameter[] parameters, bool readsForm) =>
        (_endpoint, _info, _parameters, _readsForm) = (endpoint, info, parameters, readsForm);

    /// <summary>Makes the reader of an endpoint; null when it takes nothing that would need one.</summary>
    public static ParameterReader? For(Endpoint endpoint, EndpointInfo info)
    {
        var all = info.Parameters;
        var readsForm = info.Form is not null || all.Any(parameter => parameter.Source is ParameterSource.Form or ParameterSource.File);
        var read = all.Where(parameter => parameter.Reader is not null || parameter.Name != parameter.BinderName || parameter.IsSingle).ToArray();
        return read.Length > 0 || info.Declared.Count > 0 || info.Known is not null || readsForm ? new ParameterReader(endpoint, info, read, readsForm) : null;
    }

    public Task RunAsync(HttpContext context, RequestDelegate next) =>
        _readsForm ? RunFormAsync(context, next) : Read(context) ? next(context) : RefuseAsync(context);

    private async Task RunFormAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.HasFormContentType)
        {
            try
            {
                await context.Request.ReadFormAsync(context.RequestAborted);
            }
            catch (Exception error) when (error is InvalidDataException || error.GetType() == typeof(IOException))
            {
                // A body that ends before its last boundary is an IOException like any other; what the server throws derives from it.
                await context.WriteErrorAsync(BindingErrorReader.UnreadableForm(context.Request));
                return;
            }
        }

        await (Read(context) && ReadWhole(context) ? next(context) : RefuseAsync(context));
    }

    private bool ReadWhole(HttpContext context)
    {
        if (_info.Form is not { } whole || !context.Request.HasFormContentType)
        {
            return true;
        }

        var errors = new ValidationErrors();
        var read = whole.Read(context.Request.Form, errors);
        if (errors.Any)
        {
            return false;
        }

        context.Request.Form = new FormCollection(read, context.Request.Form.Files);
        context.Features.Set(ParametersRead.Mark);
        return true;
    }

    private async Task RefuseAsync(HttpContext context) => await context.WriteErrorAsync(await BindingErrorReader.ReadAsync(context, _endpoint, null));

    private bool Read(HttpContext context)
    {
        List<(BoundParameter Parameter, StringValues Values)>? changes = null;
        foreach (var parameter in _parameters)
        {
            var values = parameter.Values(context.Request);
            if (values.Count == 0)
            {
                if (parameter.IsHidden(context.Request))
                {
                    (changes ??= []).Add((parameter, default));
                }
            }
            else if (parameter.Read(values) is not { } read)
            {
                return false;
            }
            else if (parameter.Name != parameter.BinderName || read != values)
            {
                (changes ??= []).Add((parameter, read));
            }
        }

        if (context.Request.QueryString.HasValue && !IsKnown(context.Request))
        {
            return false;
        }

        if (changes is not null)
        {
            Apply(context, changes);
        }

        return true;
    }

    private bool IsKnown(HttpRequest request)
    {
        foreach (var declared in _info.Declared)
        {
            if (declared.Error(request) is not null)
            {
                return false;
            }
        }

        return _info.UnknownIn(request.Query) is null;
    }

    private static void Apply(HttpContext context, List<(BoundParameter Parameter, StringValues Values)> changes)
    {
        var request = context.Request;
        if (With(changes, ParameterSource.Query, request.Query) is { } query)
        {
            // Not with request.Query, which would write the query string again.
            context.Features.Set<IQueryFeature>(new QueryFeature(new QueryCollection(query)));
        }

        if (changes.Exists(change => change.Parameter.Source == ParameterSource.Form) && With(changes, ParameterSource.Form, request.Form) is { } form)
        {
            request.Form = new FormCollection(form, request.Form.Files);
        }

        foreach (var (parameter, values) in changes)
        {
            if (parameter.Source == ParameterSource.Route)
            {
                request.RouteValues[parameter.BinderName] = values.ToString();
            }
            else if (parameter.Source == ParameterSource.Header)
            {
                request.Headers[parameter.BinderName] = values;
            }
        }

        context.Features.Set(ParametersRead.Mark);
    }

    private static Dictionary<string, StringValues>? With(
        List<(BoundParameter Parameter, StringValues Values)> changes, ParameterSource source, IEnumerable<KeyValuePair<string, StringValues>> sent)
    {
        Dictionary<string, StringValues>? all = null;
        foreach (var (parameter, values) in changes.Where(change => change.Parameter.Source == source))
        {
            all ??= new Dictionary<string, StringValues>(sent, StringComparer.OrdinalIgnoreCase);
            if (values.Count == 0)
            {
                all.Remove(parameter.BinderName);
            }
            else
            {
                all[parameter.BinderName] = values;
            }
        }

        return all;
    }
}

/// <summary>Marks a request whose parameters are in the form of the platform's binder, no longer in the caller's.</summary>
internal sealed class ParametersRead
{
    public static readonly ParametersRead Mark = new();
}
