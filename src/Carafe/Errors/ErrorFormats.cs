using System.Text.Json;

namespace Carafe.Errors;

/// <summary>Makes the body of an error in the app's format, or in the standard one where the app's own mapping fails.</summary>
internal sealed class ErrorFormats(IEnumerable<IErrorFormat> formats)
{
    // The first is the kit's; an app's own comes after it.
    private readonly IErrorFormat _standard = formats.First();

    /// <summary>Gets the app's format.</summary>
    public IErrorFormat Sent { get; } = formats.Last();

    /// <summary>Makes the body.</summary>
    /// <returns>The format that it has, and what the app's mapping threw.</returns>
    public (IErrorFormat Format, byte[] Body, Exception? Failure) Make(ErrorDetails error, JsonSerializerOptions json)
    {
        try
        {
            return (Sent, Sent.Serialize(error, json), null);
        }
        // Code of the app's own: whatever it throws, the caller is still told what is wrong.
        catch (Exception exception) when (Sent != _standard && exception is not OutOfMemoryException)
        {
            return (_standard, _standard.Serialize(error, json), exception);
        }
    }
}
