using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Carafe.Tests.Binding;

public enum Shade
{
    LightGreen,
    DarkGreen = 5,

    [JsonStringEnumMemberName("RAL-9005")]
    Black = 7,
}

[Flags]
public enum Rights : byte
{
    None = 0,
    ReadAll = 1,
    WriteAll = 2,
    Own = 8,
}

public sealed record Echo<T>(T Value);

public readonly record struct EchoStruct<T>(T Value);

/// <summary>Every simple type that a handler can take, with texts that are its JSON form and texts that only look like it.</summary>
internal static class SimpleTypes
{
    private const string Number = @"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?";
    private const string Time = @"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?(Z|[+-][0-9]{2}:[0-9]{2})";

    private static readonly string[] BadNumbers = ["", " 1", "1 ", "+1", "01", "-01", "1,5", "1.000,5", "1_000", "1,000", "0x1", "1f", "NaN", "Infinity",
        "-Infinity", "∞", "１", "$1", "(1)", "1e", ".5", "5.", "null", "true", "1\t", "--1", "1e400", "\"1\""];

    public static IReadOnlyDictionary<string, Kind> All { get; } = new Kind[]
    {
        Whole<byte>("0", "255", "256"),
        Whole<sbyte>("-128", "127", "128"),
        Whole<short>("-32768", "32767", "32768"),
        Whole<ushort>("0", "65535", "65536"),
        Whole<int>("-2147483648", "2147483647", "2147483648"),
        Whole<uint>("0", "4294967295", "4294967296"),
        Whole<long>("-9223372036854775808", "9223372036854775807", "9223372036854775808"),
        Whole<ulong>("0", "18446744073709551615", "18446744073709551616"),
        Whole<Int128>("-170141183460469231731687303715884105728", "170141183460469231731687303715884105727", "170141183460469231731687303715884105728"),
        Whole<UInt128>("0", "340282366920938463463374607431768211455", "340282366920938463463374607431768211456"),
        new Kind<decimal>(Number, ["0", "1.5", "-79228162514264337593543950335", "1e2", "1.50"], [.. BadNumbers, "79228162514264337593543950336", "1e-29"]),
        new Kind<double>(Number, ["0", "1.5", "-1.7976931348623157E308", "1e2"], [.. BadNumbers, "9007199254740993"]),
        new Kind<float>(Number, ["0", "1.5", "1e2"], [.. BadNumbers, "1e39", "16777217"]),
        new Kind<Half>(Number, ["0", "1.5", "1e2"], [.. BadNumbers, "65520", "1e39"]),
        new Kind<bool>("true|false", ["true", "false"], ["", "True", "FALSE", "1", "0", "yes", "on", " true", "true ", "null", "\"true\""]),
        new Kind<char>("(?s:.)", ["a", "é", "5"], ["", "ab", "\uD83C\uDF7A"]),
        new Kind<Guid>("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
            ["0190f5a6-2c1b-7b6e-9d43-5f0c8a1e2b3d", "00000000-0000-0000-0000-000000000000"],
            ["", "0190f5a62c1b7b6e9d435f0c8a1e2b3d", "{0190f5a6-2c1b-7b6e-9d43-5f0c8a1e2b3d}", "(0190f5a6-2c1b-7b6e-9d43-5f0c8a1e2b3d)",
                " 0190f5a6-2c1b-7b6e-9d43-5f0c8a1e2b3d", "0190f5a6-2c1b-7b6e-9d43-5f0c8a1e2b3d ", "x"]),
        new Kind<DateTimeOffset>(Time, Times, BadTimes),
        new Kind<DateTime>(Time, Times, BadTimes),
        new Kind<DateOnly>("[0-9]{4}-[0-9]{2}-[0-9]{2}", ["2026-05-28", "0001-01-01"],
            ["", "02/03/2026", "2026-5-28", "28.05.2026", "20260528", "2026-05-28T00:00:00Z", " 2026-05-28", "2026-02-30", "May 28, 2026", "2026-05-28 "]),
        new Kind<TimeOnly>(@"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?", ["09:30:00", "23:59:59.9999999", "00:00:00"],
            ["", "9:30", "09:30", "9:30 AM", "09.30.00", "24:00:00", "09:30:60", " 09:30:00", "09:30:00Z", "1.09:30:00", "5"]),
        new Kind<TimeSpan>(@"-?([0-9]+\.)?[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?", ["01:30:00", "-01:30:00", "5.01:30:00", "00:00:00.5000000"],
            ["", "5", "90", "1:30", "01:30", "01:30:60", "24:00:00", " 01:30:00", "P1D", "PT1H", "01:30:00,5", "+01:30:00", "99999999.00:00:00"]),
        new Kind<Uri>("(?s:.*)", ["https://example.com/a?b=c", "/a/b", "a"], ["", "http://[", "http://a:99999999/", " /a", "/a b", "a\tb"]),
        new Kind<Version>(@"[0-9]+(\.[0-9]+){1,3}", ["1.0", "1.2.3", "1.2.3.4"], ["", "1", "1.", "1.+2", " 1.2", "1.2 ", "01.2", "1.2.3.4.5", "v1.2", "-1.2"]),
        new Kind<Shade>("light_green|dark_green|RAL-9005", ["light_green", "dark_green", "RAL-9005"],
            ["", "LightGreen", "DarkGreen", "LIGHT_GREEN", "Light_green", "light-green", "lightGreen", "1", "0", "5", "7", "99", "-1",
                "light_green,dark_green", "light_green, dark_green", " light_green", "light_green ", "black", "ral-9005", "Black", "null"]),
        new Kind<Rights>("(none|read_all|write_all|own)(, (none|read_all|write_all|own))*", ["none", "read_all", "read_all, write_all"],
            ["", "ReadAll", "1", "3", "16", "read_all,write_all", "ReadAll, WriteAll", "read_all, ", "read_all, read_all", "read_all, execute",
                "write_all|own"]),
    }.ToDictionary(kind => kind.Name);

    private static string[] Times => ["2026-05-28T09:30:00Z", "2026-05-28T09:30:00.1234567+02:00", "0001-01-01T00:00:00Z"];

    private static string[] BadTimes =>
        ["", "2026-05-28", "2026-05-28T09:30:00", "1/2/26", "02/03/2026", "2026-05-28 09:30:00Z", "Thu, 28 May 2026 09:30:00 GMT", "1780000000",
            "2026-05-28T24:00:00Z", "2026-05-28T09:30Z", "2026-05-28T09:30:00z ", "2026-05-28T09:30:00+2", "2026-05-28t09:30:00Z", "9999-12-31T23:59:59-01:00"];

    private static Kind<T> Whole<T>(string least, string most, string beyond)
        where T : struct => new(Number, [least, most, "7", "1.0", "1e2", "1.20e1", "-0"], [.. BadNumbers, "1.5", "1e-1", beyond]);
}

internal abstract record Kind(string Name, bool IsNumber, string Form, string[] Good, string[] Bad)
{
    /// <summary>Whether a text has the form of the type; one that has may still be out of range.</summary>
    public bool MayBe(string text) => Regex.IsMatch(text, $@"\A({Form})\z");

    public bool IsWhole => Bad.Contains("1.5");

    /// <summary>The JSON that a text of a query stands for.</summary>
    public string Json(string text) => IsNumber ? text : System.Text.Json.JsonSerializer.Serialize(text);

    /// <summary>Gets whether the platform's binder makes one of a form's field; the start refuses a form with one that it does not make.</summary>
    public abstract bool IsFormMember { get; }

    public abstract void Map(IEndpointRouteBuilder app);

    /// <summary>Maps an endpoint for each place of a JSON body in which a value may stand.</summary>
    public abstract void MapBodies(IEndpointRouteBuilder app);

    /// <summary>Maps the places outside JSON that <see cref="Map"/> leaves out.</summary>
    public abstract void MapTexts(IEndpointRouteBuilder app);
}

internal sealed record Kind<T>(string Form, string[] Good, string[] Bad)
    : Kind(typeof(T).Name, IsNumeric(Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T)), Form, Good, Bad)
{
    public override bool IsFormMember => Carafe.Binding.FormTypes.FindUnbindable(typeof(Echo<T>)) is null;

    public override void Map(IEndpointRouteBuilder app)
    {
        // As delegates: the generator of validation does not know what T is.
        var group = app.MapGroup($"/{Name}").DisableAntiforgery();
        Delegate query = ([FromQuery] T value) => TypedResults.Ok(new Echo<T>(value));
        Delegate many = ([FromQuery] T[] value) => TypedResults.Ok(new Echo<T[]>(value));
        Delegate optional = ([FromQuery] T? value) => TypedResults.Ok(new Echo<T?>(value));
        Delegate header = ([FromHeader(Name = "X-Value")] T value) => TypedResults.Ok(new Echo<T>(value));
        Delegate path = (T value) => TypedResults.Ok(new Echo<T>(value));
        Delegate form = ([FromForm] T value) => TypedResults.Ok(new Echo<T>(value));
        Delegate body = (Echo<T> body) => TypedResults.Ok(body);
        group.MapGet("/query", query);
        group.MapGet("/many", many);
        group.MapGet("/optional", optional);
        group.MapGet("/header", header);
        group.MapGet("/path/{value}", path);
        group.MapPost("/form", form);
        group.MapPost("/body", body);
    }

    public override void MapBodies(IEndpointRouteBuilder app)
    {
        Delegate member = (Echo<T> body) => TypedResults.Ok(body);
        Delegate list = (Echo<List<T>> body) => TypedResults.Ok(body);
        Delegate array = (Echo<T[]> body) => TypedResults.Ok(body);
        Delegate map = (Echo<Dictionary<string, T>> body) => TypedResults.Ok(body);
        Delegate inner = (Echo<Echo<T>> body) => TypedResults.Ok(body);
        Delegate structs = (Echo<EchoStruct<T>> body) => TypedResults.Ok(body);
        Delegate structList = (List<EchoStruct<T>> body) => TypedResults.Ok(body);
        Delegate optional = (Echo<T?> body) => TypedResults.Ok(body);
        Delegate top = (T[] body) => TypedResults.Ok(new Echo<T[]>(body));
        app.MapPost("/member", member);
        app.MapPost("/list", list);
        app.MapPost("/array", array);
        app.MapPost("/map", map);
        app.MapPost("/inner", inner);
        app.MapPost("/struct", structs);
        app.MapPost("/structs", structList);
        app.MapPost("/optional", optional);
        app.MapPost("/top", top);
    }

    public override void MapTexts(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("").DisableAntiforgery();
        Delegate headers = ([FromHeader(Name = "X-Value")] T[] value) => TypedResults.Ok(new Echo<T[]>(value));
        Delegate forms = ([FromForm] T[] value) => TypedResults.Ok(new Echo<T[]>(value));
        Delegate whole = ([FromForm] Echo<T> value) => TypedResults.Ok(value);
        Delegate parameters = ([AsParameters] Echo<T> all) => TypedResults.Ok(all);
        group.MapGet("/headers", headers);
        group.MapPost("/forms", forms);
        if (IsFormMember)
        {
            group.MapPost("/whole", whole);
        }

        group.MapGet("/parameters", parameters);
    }

    private static bool IsNumeric(Type type) =>
        type == typeof(bool) || (type.GetInterfaces().Any(part => part.Name == "INumberBase`1") && type != typeof(char));
}
