#if (auth)
using ApiNamespace1.Auth;
#endif
using ApiNamespace1.Notes;

namespace ApiNamespace1;

/// <summary>Holds the tables.</summary>
public sealed class AppDb(DbContextOptions<AppDb> options) : DbContext(options)
{
#if (auth)
    public DbSet<User> Users => Set<User>();

#endif
    public DbSet<Note> Notes => Set<Note>();

    protected override void OnModelCreating(ModelBuilder model)
    {
#if (tasks)
        model.ConfigureTasks();
#endif
#if (auth)
        model.ConfigureAuth<User>();
        model.Entity<User>().HasMany<Note>().WithOne().HasForeignKey(note => note.UserId).OnDelete(DeleteBehavior.Cascade);
        model.Entity<Note>().HasIndex(note => new { note.UserId, note.CreatedAt, note.Id });
#else
        model.Entity<Note>().HasIndex(note => new { note.CreatedAt, note.Id });
#endif
    }
}
