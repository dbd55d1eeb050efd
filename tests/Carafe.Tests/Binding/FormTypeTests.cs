using System.Globalization;
using System.Net.Mail;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;

namespace Carafe.Tests.Binding;

/// <summary>A form reaches its handler as a value of its type, or is refused by name: never as null.</summary>
public sealed class FormTypeTests
{
    public static TheoryData<Type, string?> Members => new()
    {
        { typeof(Version), "Echo`1.Value" }, { typeof(CultureInfo), "Echo`1.Value" }, { typeof(Rune), "Echo`1.Value" }, { typeof(Rune?), "Echo`1.Value" },
        { typeof(MailAddress), "Echo`1.Value" }, { typeof(TimeZoneInfo), "Echo`1.Value" }, { typeof(Type), "Echo`1.Value" },
        { typeof(object), "Echo`1.Value" }, { typeof(JsonElement), "Echo`1.Value" }, { typeof(List<Version>), "Echo`1.Value" },
        { typeof(Dictionary<string, Version>), "Echo`1.Value" }, { typeof(Echo<Version>), "Echo`1.Value" }, { typeof(Upload), null }, { typeof(int?), null },
        { typeof(Echo<List<Uri>>), null }, { typeof(IPAddress), null }, { typeof(IFormFile), null }, { typeof(DayOfWeek?), null }, { typeof(string), null },
        { typeof(UploadWithFile), null }, { typeof(Half[]), null }, { typeof(Ignoring), null }, { typeof(LowerCase), "LowerCase.version" },
        { typeof(Empty), "Echo`1.Value" }, { typeof(Dictionary<CultureInfo, int>), "Echo`1.Value" }, { typeof(Dictionary<Guid, int>), null },
    };

    [Theory]
    [MemberData(nameof(Members))]
    public void The_start_refuses_a_form_that_would_be_null_whatever_is_sent(Type value, string? member) =>
        Assert.Equal(member, Carafe.Binding.FormTypes.FindUnbindable(typeof(Echo<>).MakeGenericType(value)));

    [Fact]
    public async Task The_start_names_the_endpoint_and_the_member()
    {
        Delegate handler = ([FromForm] Echo<Version> form) => "x";
        var error = await Assert.ThrowsAnyAsync<ConfigurationException>(
            () => SmallApp.StartAsync(app => app.MapPost("/form", handler).DisableAntiforgery()));
        Assert.Contains("POST /form reads a form with Echo`1.Value, which the binder cannot make", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public Task An_address_that_is_none_is_named() => IsAsync<IPAddress>("Value=q", "value is not valid");

    [Fact]
    public Task A_list_of_which_nothing_is_sent_is_named() => IsAsync<Guid[]>("x=1", "value is required");

    [Fact]
    public async Task A_field_that_nobody_filled_in_is_null()
    {
        await IsAsync<int?>("Value=", null);
        await IsAsync<decimal?>("Value=", null);
        await IsAsync<bool?>("Value=", null);
        await IsAsync<DateOnly?>("Value=", null);
        await IsAsync<DateTimeOffset?>("Value=", null);
        await IsAsync<DayOfWeek?>("Value=", null);
    }

    [Fact]
    public async Task Files_that_were_sent_are_there()
    {
        Delegate handler = ([FromForm] Folder form) => form.Files.Count;
        await using var app = await SmallApp.StartAsync(app => app.MapPost("/form", handler).DisableAntiforgery());
        var body = "--b\r\nContent-Disposition: form-data; name=\"Name\"\r\n\r\nx\r\n--b\r\n"
            + "Content-Disposition: form-data; name=\"Files[0]\"; filename=\"a\"\r\n\r\nx\r\n--b--";
        Assert.Equal(200, (await app.SendAsync("POST", "/form", body, "multipart/form-data; boundary=b")).Status);
    }

    private static async Task IsAsync<T>(string body, string? fault)
    {
        // As a delegate: the generator of validation does not know what T is.
        Delegate handler = ([FromForm] Echo<T> form) => form is null ? "null" : $"<{form.Value}>";
        await using var app = await SmallApp.StartAsync(app => app.MapPost("/form", handler).DisableAntiforgery());
        var answer = await app.SendAsync("POST", "/form", body, "application/x-www-form-urlencoded");
        if (fault is null)
        {
            Assert.Equal((typeof(T), 200, "<>"), (typeof(T), answer.Status, answer.Body));
        }
        else
        {
            Assert.Equal([fault], answer.IsError(400).Faults);
        }
    }

    private sealed record Folder(string Name, List<IFormFile> Files);

    private sealed class Ignoring
    {
        public string? Name { get; set; }

        [System.Runtime.Serialization.IgnoreDataMember]
        public Version? Version { get; set; }

        public static CultureInfo? Default { get; set; }

        public object? this[string name]
        {
            get => name;
            set => Name = $"{value}";
        }
    }

    private sealed class LowerCase(Version version)
    {
        public Version Version => version;
    }

    private sealed class Empty;
}
