// The floor: what this platform can do with this database when everything is written by hand for these few calls.
// Prepared statements on connections that stay open, JSON by generated code, tokens by hand, writes committed in groups.
using Floor;

SQLitePCL.Batteries_V2.Init();
// Each connection is used by one request at a time, so SQLite need not lock for itself.
_ = SQLitePCL.raw.sqlite3_config(SQLitePCL.raw.SQLITE_CONFIG_MULTITHREAD);

var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.UseUrls($"http://127.0.0.1:{builder.Configuration["PORT"]}");
builder.Logging.SetMinimumLevel(LogLevel.Warning);

var database = builder.Configuration["DATABASE_URL"]!["sqlite:///".Length..];
var tokens = new Tokens(builder.Configuration["JWT_SECRET_KEY"]!, TimeProvider.System);
var readers = new Readers(database);
await using var writer = new Writer(database);

var app = builder.Build();
new Reads(readers, tokens).Map(app);
new Writes(readers, writer, tokens, TimeProvider.System).Map(app);
await app.RunAsync();
