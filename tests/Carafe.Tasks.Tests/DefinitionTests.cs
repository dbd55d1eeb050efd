using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Carafe.Tasks.Tests;

public sealed class DefinitionTests
{
    public static TheoryData<Action<IServiceCollection>, string> Faults => new()
    {
        { services => services.AddTask<Hidden>((Hidden _) => Task.CompletedTask), "Hidden is not public" },
        { services => services.AddTask<NoSetter>((NoSetter _) => Task.CompletedTask), "NoSetter.full_name is written and has neither a setter" },
        { services => services.AddTask<Nested>((Nested _) => Task.CompletedTask), "Nested.items[].full_name is written" },
        { services => services.AddTask<Anything>((Anything _) => Task.CompletedTask), "Anything.what is of type object" },
        { services => services.AddTask<Abstracted>((Abstracted _) => Task.CompletedTask), "Abstracted.shape is the abstract type Shape" },
        { services => services.AddTask<Streamed>((Streamed _) => Task.CompletedTask), "'streamed'" },
        { services => services.AddTask<List<int>>((List<int> _) => Task.CompletedTask), "a list" },
        { services => services.AddTask<Fine>((Fine _) => { }), "must return Task" },
        { services => services.AddTask<Fine>((CancellationToken _) => Task.CompletedTask), "no parameter of type Fine" },
        { services => services.AddTask<Fine>((Fine _, Random random) => Task.CompletedTask), "takes Random random, which is no service" },
        { services => services.AddTask<SendLetter>((SendLetter _) => Task.CompletedTask), "SendLetter is added 2 times" },
        { services => services.AddTask<Fine>((Fine _) => Task.CompletedTask, new() { Name = "send_letter" }), "'send_letter' is used by" },
        { services => services.AddTask<Fine>((Fine _) => Task.CompletedTask, new() { Name = "Bad Name" }), "'Bad Name'" },
        { services => services.AddTask<Fine>((Fine _) => Task.CompletedTask, new() { Version = 2 }), "no upgrade from version 1" },
        { services => services.AddTask<Fine>((Fine _) => Task.CompletedTask, new() { Concurrency = 0 }), "concurrency" },
        { services => services.AddTask<Fine>((Fine _) => Task.CompletedTask, new() { Defaults = new() { Priority = 500 } }), "Priority" },
        { services => services.AddSchedule("never", "0 0 30 2 *", () => new SendLetter("a")), "'never' never fires" },
        { services => services.AddSchedule("bad", "every day", () => new SendLetter("a")), "'bad' is not valid cron" },
        { services => services.AddSchedule("zone", "0 0 * * *", () => new SendLetter("a"), new() { TimeZone = "Mars/Base" }), "'Mars/Base'" },
        { services => services.AddSchedule("unknown", "0 0 * * *", () => new Fine(1)), "enqueues Fine, which is no task" },
        { services => services.AddSchedule("often", TimeSpan.FromMilliseconds(1), () => new SendLetter("a")), "'often'" },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public async Task The_start_refuses_what_could_not_run_later(Action<IServiceCollection> add, string reason)
    {
        var refused = await Assert.ThrowsAsync<ConfigurationException>(() => Mailroom.StartAsync(Mailroom.Sqlite, builder => add(builder.Services)));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_kinds_of_members_come_back_as_they_were()
    {
        var task = new Everything(1, long.MaxValue, 0.1, 1.50m, true, "ü\"\\", null, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            new DateOnly(2026, 1, 2), new TimeOnly(3, 4, 5), TimeSpan.FromSeconds(1.5), Guid.NewGuid(), DayOfWeek.Friday, [1, 2], new() { ["A key"] = 1 },
            [1, 2, 255], new Square(2))
        {
            Optional = "set",
        };
        Everything? seen = null;
        await using var app = await Mailroom.StartAsync(Mailroom.Sqlite, builder => builder.Services.AddTask<Everything>((Everything given) =>
        {
            seen = given;
            return Task.CompletedTask;
        }));

        await app.Services.GetRequiredService<TaskClient>().EnqueueAsync(task);
        await app.Tasks.RunAsync();

        Assert.Equivalent(task, seen, strict: true);
        Assert.Equal(2, Assert.IsType<Square>(seen!.Shape).Side);
    }

    [Fact]
    public async Task Tasks_of_an_older_version_are_upgraded()
    {
        await using var app = await Mailroom.StartAsync(Mailroom.Sqlite, builder => builder.Services.AddTask<Renamed>(
            (Renamed task) => Task.FromResult($"{task.Given} {task.Family}"),
            new()
            {
                Version = 3,
                Upgrades = new Dictionary<int, Func<JsonObject, JsonObject>>
                {
                    [1] = old => new() { ["names"] = old["name"]!.GetValue<string>() },
                    [2] = old => old["names"]!.GetValue<string>().Split(' ') is var names ? new() { ["given"] = names[0], ["family"] = names[1] } : old,
                },
            }));
        await app.WithAsync<MailroomDb>(async db =>
        {
            db.Add(new Storage.TaskRow
            {
                Id = Guid.CreateVersion7(),
                Name = "renamed",
                Version = 1,
                Arguments = """{"name":"Ada Lovelace"}""",
                Queue = "default",
                Lane = "default",
                MaxAttempts = 1,
            });
            await db.SaveChangesAsync();
        });

        Assert.Equal("Ada Lovelace", Assert.Single(await app.Tasks.RunAsync()).Result!.Value.GetString());
    }

    internal sealed record Hidden(int Id);

    public sealed record NoSetter(string First, string Last)
    {
        public string FullName => $"{First} {Last}";
    }

    public sealed record Nested(IReadOnlyList<NoSetter> Items);

    public sealed record Anything(object What);

    public abstract record Shape;

    public sealed record Abstracted(Shape Shape);

    public sealed record Streamed(Stream Content);

    public sealed record Fine(int Id);

    public sealed record Renamed(string Given, string Family);

    [JsonDerivedType(typeof(Square), "square")]
    public abstract record Figure;

    public sealed record Square(int Side) : Figure;

    public sealed record Everything(
        int Whole, long Large, double Broken, decimal Exact, bool Flag, string Text, string? Nothing, DateTimeOffset Time, DateOnly Date, TimeOnly Clock,
        TimeSpan Span, Guid Id, DayOfWeek Day, int[] Numbers, Dictionary<string, int> Map, byte[] Bytes, Figure Shape)
    {
        public string? Optional { get; init; }
    }
}
