namespace Carafe.Auth;

/// <summary>Recognises requests that authentication has been skipped for.</summary>
internal interface IAnonymousRequests
{
    bool Takes(HttpContext context);
}
