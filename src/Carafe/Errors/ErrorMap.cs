namespace Carafe;

/// <summary>Turns one kind of exception into an <see cref="ApiError"/>. Registered for the app or for one blueprint; the closest type wins, the blueprint's before the app's.</summary>
internal sealed record ErrorMap(Type ExceptionType, Func<Exception, HttpContext, ApiError?> Map)
{
    public static ErrorMap For<TException>(Func<TException, HttpContext, ApiError?> map)
        where TException : Exception =>
        new(typeof(TException), (exception, context) => map((TException)exception, context));

    /// <summary>The answer of the map whose type is closest to the exception's, or null.</summary>
    public static ApiError? Find(IEnumerable<ErrorMap> maps, Exception exception, HttpContext context)
    {
        for (var type = exception.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (var map in maps)
            {
                if (map.ExceptionType == type && map.Map(exception, context) is { } error)
                {
                    return error;
                }
            }
        }

        return null;
    }
}
