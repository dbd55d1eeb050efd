namespace Carafe;

/// <summary>
/// Maps one type of exception to an <see cref="ApiError"/>, for the app or for one blueprint. The closest type wins; the blueprint's maps are tried
/// first.
/// </summary>
internal sealed record ErrorMap(Type ExceptionType, Func<Exception, HttpContext, ApiError?> Map)
{
    public static ErrorMap For<TException>(Func<TException, HttpContext, ApiError?> map)
        where TException : Exception =>
        new(typeof(TException), (exception, context) => map((TException)exception, context));

    /// <summary>Returns the error of the map whose type is closest to the exception's, or null.</summary>
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
