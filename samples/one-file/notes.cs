#:sdk Microsoft.NET.Sdk.Web
#:package Carafe.App@*-*
#:property PublishAot=false
return await CarafeApp.RunAsync(args, (args, configure) =>
{
    var builder = CarafeApp.CreateBuilder(args);
    builder.Services.AddDatabase<Db>().AddAuth<Db, User>().AddDocs().AddValidation().AddOpenApi(options => options.AddCarafeConventions());
    configure?.Invoke(builder);
    var app = builder.Build();
    app.UseCarafe().UseAuth().MapDocs();
    app.MapPost("/register", async (Credentials given, Db db, PasswordService passwords) =>
    {
        passwords.RequireGood(given.Password, given.Email, given.Email);
        db.Add(new User { Email = given.Email, PasswordHash = await passwords.HashAsync(given.Password) });
        await db.SaveChangesAsync();
    }).AllowAnonymous().ProducesErrors(409);
    app.MapPost("/login", async (Credentials given, Db db, LoginService logins, SessionManager sessions, HttpContext http) =>
        await sessions.StartAsync(await logins.VerifyAsync(await db.Users.FirstOrDefaultAsync(user => user.Email == given.Email.ToLowerInvariant()),
            given.Email, given.Password, http), http)).AllowAnonymous();
    app.MapGet("/notes", (PageQuery page, Db db, CurrentUser me) =>
        db.Notes.Where(note => note.UserId == me.Id).OrderBy(note => note.Id).ToPageAsync(page, note => new NoteResponse(note.Id, note.Text)));
    app.MapPost("/notes", async (NoteRequest given, Db db, CurrentUser me) =>
    {
        var note = db.Add(new Note { Text = given.Text, UserId = me.Id }).Entity;
        await db.SaveChangesAsync();
        return new NoteResponse(note.Id, note.Text);
    });
    return app;
});
public record Credentials([property: Email] string Email, [property: TextLength(1, 1024)] string Password);
public record NoteRequest([property: TextLength(1, 1000)] string Text);
[ListName("notes")] public record NoteResponse(int Id, string Text);
public class User : Account;
public class Note { public int Id { get; set; } public int UserId { get; set; } public required string Text { get; set; } }
public class Db(DbContextOptions<Db> options) : DbContext(options)
{
    public DbSet<User> Users => Set<User>();
    public DbSet<Note> Notes => Set<Note>();
    protected override void OnModelCreating(ModelBuilder model) => model.ConfigureAuth<User>();
}
