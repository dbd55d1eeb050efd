namespace Carafe.Hosting;

/// <summary>
/// Finds the order of the app's middleware. A mark is a component that returns its successor unchanged: two marks with the same successor have nothing
/// between them.
/// </summary>
internal sealed class PipelineOrder
{
    // UseAuthentication and UseAuthorization set these keys on the pipeline that they are called on; WebApplication reads them.
    private const string Authentication = "__AuthenticationMiddlewareSet";
    private const string Authorization = "__AuthorizationMiddlewareSet";

    private readonly Mark _carafe = new();
    private readonly Mark _afterCarafe = new();
    private readonly Mark _auth = new();
    private readonly Mark _afterAuth = new();
    private readonly Mark _end = new();
    private IApplicationBuilder? _app;
    private bool _authorizedTooEarly;

    public int CarafeCalls { get; private set; }

    public int AuthCalls { get; private set; }

    public bool AuthCameFirst { get; private set; }

    /// <summary>Gets whether <see cref="Read"/> could not build the pipeline.</summary>
    public bool IsUnknown { get; private set; }

    /// <summary>Gets whether middleware is placed before UseCarafe. Known after <see cref="Read"/>.</summary>
    public bool HasMiddlewareBeforeCarafe { get; private set; }

    /// <summary>Gets whether UseAuth is the line after UseCarafe. Known after <see cref="Read"/>.</summary>
    public bool AuthFollowsCarafe => _auth.Next is not null && ReferenceEquals(_afterCarafe.Next, _auth.Next);

    /// <summary>Gets whether only the endpoints follow UseAuth, so a request without an endpoint ends in the router's 404. Known once the app runs.</summary>
    public bool NothingFollowsAuth => _afterAuth.Next is not null && ReferenceEquals(_afterAuth.Next, _end.Next);

    /// <summary>Gets whether endpoints are authorized at all: by UseAuth, or by the platform's UseAuthorization after routing.</summary>
    public bool IsAuthorized => AuthCalls > 0 || (_app?.Properties.ContainsKey(Authorization) is true && !_authorizedTooEarly);

    public void BeginCarafe(IApplicationBuilder app)
    {
        (_app, CarafeCalls) = (app, CarafeCalls + 1);
        _authorizedTooEarly = app.Properties.ContainsKey(Authorization);
        app.Use(next => HasMiddlewareBeforeCarafe ? context => Pass(context, next) : _carafe.Set(next));
    }

    public void EndCarafe() => _app!.Use(_afterCarafe.Set);

    public void BeginAuth(IApplicationBuilder app)
    {
        (AuthCameFirst, AuthCalls) = (CarafeCalls == 0, AuthCalls + 1);
        // WebApplication puts both in front of the app's pipeline if it finds no such mark.
        app.Properties[Authentication] = app.Properties[Authorization] = true;
        app.Use(_auth.Set);
    }

    public void EndAuth(IApplicationBuilder app) => app.Use(_afterAuth.Set);

    /// <summary>Marks where the app's own lines end.</summary>
    public void End() => _app?.Use(_end.Set);

    /// <summary>Builds the pipeline once to find the order of its parts.</summary>
    public void Read()
    {
        if (_app is null || HasMiddlewareBeforeCarafe)
        {
            return;
        }

        try
        {
            HasMiddlewareBeforeCarafe = !ReferenceEquals(_app.Build(), _carafe.Next);
        }
        catch (ConfigurationException)
        {
            // A middleware needs settings that are invalid; those are reported themselves.
            IsUnknown = true;
        }
    }

    /// <summary>Returns whether a request has passed UseCarafe.</summary>
    public static bool HasPassed(HttpContext context) => context.Features.Get<Passed>() is not null;

    private static Task Pass(HttpContext context, RequestDelegate next)
    {
        context.Features.Set(Passed.Mark);
        return next(context);
    }

    private sealed class Mark
    {
        public RequestDelegate? Next { get; private set; }

        public RequestDelegate Set(RequestDelegate next) => Next = next;
    }

    private sealed class Passed
    {
        public static readonly Passed Mark = new();
    }
}
