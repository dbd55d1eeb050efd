using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Carafe.Http;

/// <summary>Tells what a client has done wrong, or that it has gone, from what the server throws while it reads a body. The server throws whatever its parser happened upon.</summary>
internal static class RequestBodyErrors
{
    /// <summary>The exception to throw instead; null where the one at hand says it already.</summary>
    public static BadHttpRequestException? Translate(Exception fault) => fault switch
    {
        BadHttpRequestException or OperationCanceledException or AbortException => null,
        _ when IsGone(fault) => new BadHttpRequestException("The client left.", StatusCodes.Status499ClientClosedRequest, fault),
        _ => new BadHttpRequestException("The request's body is malformed.", StatusCodes.Status400BadRequest, fault),
    };

    /// <summary>Whether an exception says that the client's end of the connection or of the stream is closed.</summary>
    public static bool IsGone(Exception? fault)
    {
        for (; fault is not null; fault = fault.InnerException)
        {
            // Which is an IOException too.
            if (fault is BadHttpRequestException { StatusCode: var status })
            {
                return status == StatusCodes.Status499ClientClosedRequest;
            }

            // A chunk size past 2^31 is an IOException around an OverflowException.
            if (fault is ConnectionResetException or ConnectionAbortedException or SocketException or IOException { InnerException: null })
            {
                return true;
            }
        }

        return false;
    }
}
