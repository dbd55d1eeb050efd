using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Carafe.Bodies;

/// <summary>
/// Tells what a client has done wrong, or that it has gone, from what the server throws while it reads a body. The server throws whatever its parser
/// happened upon.
/// </summary>
internal static class RequestBodyErrors
{
    /// <summary>Returns the exception to throw instead; null where the original is right already.</summary>
    public static BadHttpRequestException? Translate(Exception error) => error switch
    {
        BadHttpRequestException or AbortException => null,
        _ when IsGone(error) => new BadHttpRequestException("The client left.", StatusCodes.Status499ClientClosedRequest, error),
        OperationCanceledException => null,
        _ => new BadHttpRequestException("The request's body is malformed.", StatusCodes.Status400BadRequest, error),
    };

    /// <summary>Returns whether an exception means that the client's end of the connection or of the stream is closed.</summary>
    public static bool IsGone(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            // Which is an IOException too.
            if (error is BadHttpRequestException { StatusCode: var status })
            {
                return status == StatusCodes.Status499ClientClosedRequest;
            }

            // A chunk size past 2^31 is an IOException around an OverflowException.
            if (error is ConnectionResetException or ConnectionAbortedException or SocketException or IOException { InnerException: null })
            {
                return true;
            }
        }

        return false;
    }
}
