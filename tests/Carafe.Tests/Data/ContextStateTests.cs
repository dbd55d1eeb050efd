using Carafe.Data;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Data;

/// <summary>A context that knows its caller, in whatever way, never shows one caller's rows to the next.</summary>
public class ContextStateTests
{
    private const int Callers = 5;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(typeof(ByField))]
    [InlineData(typeof(ByProperty))]
    [InlineData(typeof(ByPrivateSetter))]
    [InlineData(typeof(ByBaseClass))]
    [InlineData(typeof(ByMethod))]
    [InlineData(typeof(ByService))]
    [InlineData(typeof(ByTwoConstructors))]
    public async Task Rows_totals_cursors_and_single_rows_are_the_callers_own(Type context)
    {
        var test = typeof(ContextStateTests).GetMethod(nameof(CheckAsync), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!;
        foreach (var database in new[] { TestDatabase.Sqlite, TestDatabase.Postgres })
        {
            await (Task)test.MakeGenericMethod(context).Invoke(null, [database])!;
        }
    }

    [Theory]
    [InlineData(typeof(ShopDb), true)]
    [InlineData(typeof(WithSets), true)]
    [InlineData(typeof(ByField), false)]
    [InlineData(typeof(ByProperty), false)]
    [InlineData(typeof(ByPrivateSetter), false)]
    [InlineData(typeof(ByBaseClass), false)]
    [InlineData(typeof(ByService), false)]
    [InlineData(typeof(ByTwoConstructors), false)]
    [InlineData(typeof(ByConfiguring), false)]
    public void Contexts_without_state_are_pooled_and_no_others(Type context, bool pooled) => Assert.Equal(pooled, ContextState.IsNone(context));

    private static async Task CheckAsync<TContext>(string kind)
        where TContext : TenantDb
    {
        await using var app = await SmallApp.StartAsync(Map<TContext>, builder => builder.Services.AddDatabase<TContext>().AddScoped<Caller>(),
            await TestDatabase.CreateAsync(kind));
        await app.WithAsync<TContext>(async db =>
        {
            db.AddRange(Enumerable.Range(1, Callers * (Callers + 1) / 2).Select(id => new Note { Id = id, Tenant = Tenant(id) }));
            await db.SaveChangesAsync(Stop);
        });
        var client = app.Client;
        // Twice: what the first caller's request compiled is there for the second's. Zero is a caller that says nothing.
        foreach (var tenant in Enumerable.Range(0, Callers + 1).Concat([3, 0, 2, 0]))
        {
            foreach (var path in new[] { "/notes", "/notes?after=&total=true", "/mine" })
            {
                var answer = await AskAsync(path);
                Assert.Equal((tenant, tenant), (answer.GetProperty("total").GetInt32(), answer.GetProperty("items").GetArrayLength()));
            }

            var own = Enumerable.Range(1, Callers * (Callers + 1) / 2).FirstOrDefault(id => Tenant(id) == tenant);
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/notes/{Math.Max(own, 1)}") { Headers = { { "tenant", $"{tenant}" } } };
            Assert.Equal(tenant == 0 ? HttpStatusCode.NotFound : HttpStatusCode.OK, (await client.SendAsync(request, Stop)).StatusCode);

            async Task<System.Text.Json.JsonElement> AskAsync(string path)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                if (tenant != 0)
                {
                    request.Headers.Add("tenant", $"{tenant}");
                }

                return await (await client.SendAsync(request, Stop)).Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(Stop);
            }
        }
    }

    private static void Map<TContext>(WebApplication app)
        where TContext : TenantDb
    {
        app.Use((context, next) =>
        {
            if (int.TryParse(context.Request.Headers["tenant"], out var tenant))
            {
                context.RequestServices.GetRequiredService<Caller>().Tenant = tenant;
                context.RequestServices.GetRequiredService<TContext>().Enter(tenant);
            }

            return next(context);
        });
        app.MapGet("/notes", (PageQuery page, TContext db) => db.Notes.OrderBy(note => note.Id).ToPageAsync(page, note => new NoteResponse(note.Id)));
        app.MapGet("/mine", (PageQuery page, TContext db) =>
        {
            var mine = db.Current();
            return db.Notes.IgnoreQueryFilters().Where(note => note.Tenant == mine).OrderBy(note => note.Id)
                .ToPageAsync(page, note => new NoteResponse(note.Id));
        });
        app.MapGet("/notes/{id:int}", (int id, TContext db) => db.Notes.FindOr404Async(id, note => new NoteResponse(note.Id)));
    }

    // Tenant 1 has one note, tenant 2 has two, and so on.
    private static int Tenant(int id)
    {
        var tenant = 1;
        for (var last = 1; id > last; last += ++tenant)
        {
        }

        return tenant;
    }

    internal abstract class TenantDb(DbContextOptions options) : DbContext(options)
    {
        public DbSet<Note> Notes => Set<Note>();

        public abstract int Current();

        public abstract void Enter(int tenant);

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Note>().HasQueryFilter(note => note.Tenant == Current());
    }

    internal sealed class ByField(DbContextOptions<ByField> options) : TenantDb(options)
    {
        private int _tenant;

        public override int Current() => _tenant;

        public override void Enter(int tenant) => _tenant = tenant;

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Note>().HasQueryFilter(note => note.Tenant == _tenant);
    }

    internal sealed class ByProperty(DbContextOptions<ByProperty> options) : TenantDb(options)
    {
        public int Tenant { get; set; }

        public override int Current() => Tenant;

        public override void Enter(int tenant) => Tenant = tenant;

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Note>().HasQueryFilter(note => note.Tenant == Tenant);
    }

    internal sealed class ByPrivateSetter(DbContextOptions<ByPrivateSetter> options) : TenantDb(options)
    {
        public int Tenant { get; private set; }

        public override int Current() => Tenant;

        public override void Enter(int tenant) => Tenant = tenant;

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Note>().HasQueryFilter(note => note.Tenant == Tenant);
    }

    internal abstract class KeepsTenant(DbContextOptions options) : TenantDb(options)
    {
        protected int Tenant { get; set; }

        public override int Current() => Tenant;

        public override void Enter(int tenant) => Tenant = tenant;
    }

    internal sealed class ByBaseClass(DbContextOptions<ByBaseClass> options) : KeepsTenant(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Note>().HasQueryFilter(note => note.Tenant == Tenant);
    }

    internal sealed class ByMethod(DbContextOptions<ByMethod> options) : KeepsTenant(options);

    internal sealed class ByService(DbContextOptions<ByService> options, Caller caller) : TenantDb(options)
    {
        public override int Current() => caller.Tenant;

        public override void Enter(int tenant)
        {
        }

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Note>().HasQueryFilter(note => note.Tenant == Current());
    }

    internal sealed class ByTwoConstructors : KeepsTenant
    {
        public ByTwoConstructors(DbContextOptions<ByTwoConstructors> options)
            : base(options)
        {
        }

        public ByTwoConstructors(DbContextOptions<ByTwoConstructors> options, Caller caller)
            : base(options) => Tenant = caller.Tenant;
    }

    internal sealed class ByConfiguring(DbContextOptions<ByConfiguring> options) : DbContext(options)
    {
        protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => optionsBuilder.EnableDetailedErrors();
    }

    internal sealed class WithSets(DbContextOptions<WithSets> options) : DbContext(options)
    {
        public DbSet<Note> Notes { get; set; } = null!;
    }

    internal sealed class Caller
    {
        public int Tenant { get; set; }
    }

    internal sealed class Note
    {
        public int Id { get; set; }

        public int Tenant { get; set; }
    }

    public sealed record NoteResponse(int Id);
}
