using System.ComponentModel.DataAnnotations;

namespace Carafe.Auth;

/// <summary>Says which headers may hold a token or a key.</summary>
internal static class HeaderRule
{
    public const string Message = "must be the name of a header without a meaning of its own.";

    public const string Pattern =
        "(?!(?i:cookie|host|content-.*|transfer-encoding|connection|accept.*|origin|forwarded|x-forwarded-.*)$)[!#$%&'*+.^_`|~0-9A-Za-z-]+";

    private static readonly RegularExpressionAttribute Name = new(Pattern) { MatchTimeoutInMilliseconds = -1 };

    public static bool Allows(string header) => header.Length > 0 && Name.IsValid(header);
}
