using System.Buffers.Binary;
using System.Text;

namespace Fuzz;

/// <summary>Makes HTTP/2 connections with prior knowledge (RFC 9113 section 3.3): whole requests, cut ones, and frames that have no place there.</summary>
internal sealed class Http2Cases(string token)
{
    private const byte Data = 0, Headers = 1, Priority = 2, Reset = 3, Settings = 4, Ping = 6, GoAway = 7, Window = 8, Continuation = 9;
    private const byte EndStream = 1, EndHeaders = 4;

    private static readonly byte[] Preface = Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "get", "HEAD", "OPTIONS"];

    private static readonly string[] Paths = ["/posts", "/posts/1", "/auth/login", "/auth/me", "/files/a", "/users/profile", "/healthz", "*", "", "posts",
        "/auth/export"];

    private static readonly string[] OddNames = ["Upper", "connection", "te", ":late", "expect", ""];

    private static readonly byte[][] Bodies = [[], "{"u8.ToArray(), """{"title":"t","body":"b"}"""u8.ToArray(), new byte[20_000],
        """{"email":"a@example.com","password":"x"}"""u8.ToArray()];

    public Case Next(Random random)
    {
        var bytes = new List<byte>([.. Preface, .. Frame(Settings, 0, 0, [])]);
        var name = "";
        for (int stream = 1, count = random.Next(1, 4); count > 0; count--, stream += 2)
        {
            var (method, path) = (Methods[random.Next(Methods.Length)], Paths[random.Next(Paths.Length)]);
            var body = Bodies[random.Next(Bodies.Length)];
            name += $"{method} {path} ";
            var block = Block(random, method, path, body.Length);
            if (random.Next(10) == 0)
            {
                var at = random.Next(block.Length);
                bytes.AddRange(
                    [.. Frame(Headers, (byte)(body.Length == 0 ? EndStream : 0), stream, block[..at]),
                        .. Frame(Continuation, EndHeaders, stream, block[at..])]);
            }
            else
            {
                bytes.AddRange(Frame(Headers, (byte)(EndHeaders | (body.Length == 0 ? EndStream : 0)), stream, block));
            }

            if (body.Length > 0)
            {
                foreach (var part in body.Chunk(random.Next(1, 16_000)))
                {
                    bytes.AddRange(Frame(Data, 0, stream, part));
                }

                if (random.Next(4) > 0)
                {
                    bytes.AddRange(Frame(Data, EndStream, stream, []));
                }
            }

            bytes.AddRange(Odd(random, stream));
        }

        if (random.Next(10) == 0)
        {
            bytes[random.Next(Preface.Length, bytes.Count)] = (byte)random.Next(256);
        }

        byte[] all = [.. bytes];
        if (random.Next(10) == 0)
        {
            all = all[..random.Next(1, all.Length)];
        }

        var half = random.Next(3) == 0 ? random.Next(all.Length) : all.Length;
        return new Case(name.Trim(), true, half == all.Length
            ? [all]
            : [all[..half], all[half..]], random.Next(10) switch { < 6 => Ending.Read, < 7 => Ending.Fin, < 9 => Ending.Reset, _ => Ending.Stall });
    }

    private static byte[] Odd(Random random, int stream)
    {
        var payload = new byte[random.Next(12)];
        random.NextBytes(payload);
        return random.Next(14) switch
        {
            0 => Frame(Reset, 0, stream, [0, 0, 0, (byte)random.Next(14)]),
            1 => Frame(GoAway, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]),
            2 => Frame(Window, 0, stream, [0, 0, 0, 0]),
            3 => Frame(Window, 0, 0, [0x7f, 0xff, 0xff, 0xff]),
            4 => Frame(Ping, 0, 0, new byte[8]),
            5 => Frame(Settings, 0, 0, [0, 4, 0, 0, 0, 0]),
            6 => Frame(Data, EndStream, stream, payload),
            7 => Frame((byte)random.Next(16), (byte)random.Next(256), random.Next(8), payload),
            8 => Frame(Priority, 0, stream, [0, 0, 0, 0, 1]),
            9 => Frame(Headers, EndHeaders | EndStream, stream, Literal("x-trailer", "y")),
            _ => [],
        };
    }

    // Literals without indexing (RFC 7541 section 6.2.2).
    private byte[] Block(Random random, string method, string path, int length)
    {
        var fields = new List<(string, string)> { (":method", method), (":scheme", "http"), (":authority", "x"), (":path", path),
            ("content-type", "application/json") };
        if (method == "CONNECT")
        {
            fields.RemoveAll(field => field.Item1 is ":scheme" or ":path");
        }

        if (random.Next(2) == 0)
        {
            fields.Add(("authorization", $"Bearer {token}"));
        }

        if (random.Next(4) == 0)
        {
            fields.Add(("idempotency-key", "fuzz"));
        }

        if (random.Next(6) == 0)
        {
            fields.Add(("content-length", (length + random.Next(-1, 2)).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }

        if (random.Next(12) == 0)
        {
            fields.Add((OddNames[random.Next(OddNames.Length)], "100-continue"));
        }

        return [.. fields.SelectMany(field => Literal(field.Item1, field.Item2))];
    }

    private static byte[] Literal(string name, string value) => [0, .. Text(name), .. Text(value)];

    private static byte[] Text(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        var length = new List<byte>();
        if (bytes.Length < 127)
        {
            length.Add((byte)bytes.Length);
        }
        else
        {
            length.Add(127);
            for (var rest = bytes.Length - 127; ; rest >>= 7)
            {
                length.Add((byte)(rest < 128 ? rest : (rest & 127) | 128));
                if (rest < 128)
                {
                    break;
                }
            }
        }

        return [.. length, .. bytes];
    }

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var head = new byte[9];
        (head[0], head[1], head[2], head[3], head[4]) = ((byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(5), stream);
        return [.. head, .. payload];
    }
}
