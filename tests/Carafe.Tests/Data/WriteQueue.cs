using System.Buffers.Binary;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Tests.Data;

/// <summary>A shop on a SQLite file, with contexts of its own, whose writes can be made to wait.</summary>
internal sealed class WriteQueue : IAsyncDisposable
{
    private readonly ITestDatabase _file;
    private readonly TestApp _server;
    private readonly List<AsyncServiceScope> _scopes = [];
    private IDbContextTransaction? _holding;

    private WriteQueue(ITestDatabase file, TestApp server) => (_file, _server) = (file, server);

    public IServiceProvider Services => _server.Services;

    public static async Task<WriteQueue> StartAsync()
    {
        var file = await TestDatabase.CreateAsync(TestDatabase.Sqlite);
        return new WriteQueue(file, await Shop.StartAsync(file.Url));
    }

    /// <summary>A context that nobody else has.</summary>
    public ShopDb Open()
    {
        var scope = Services.CreateAsyncScope();
        lock (_scopes)
        {
            _scopes.Add(scope);
        }

        return scope.ServiceProvider.GetRequiredService<ShopDb>();
    }

    /// <summary>From now on writes wait, for a transaction that is open.</summary>
    public async Task HoldAsync() => _holding = await Open().Database.BeginTransactionAsync();

    public Task ReleaseAsync() => _holding!.RollbackAsync();

    /// <summary>A write that waits when this returns, if writes have to.</summary>
    public Task<int> Add(string name)
    {
        var db = Open();
        db.Items.Add(new Item { Name = name });
        return db.SaveChangesAsync();
    }

    public Task<int> Execute(FormattableString sql) => Open().Database.ExecuteSqlAsync(sql);

    public Task<string[]> NamesAsync() => Open().Items.Select(item => item.Name).Order().ToArrayAsync();

    /// <summary>The number of transactions in the write-ahead log (https://sqlite.org/fileformat.html#the_write_ahead_log).</summary>
    public int Commits()
    {
        using var file = File.Open(_file.Url["sqlite:///".Length..] + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var log = new byte[file.Length];
        file.ReadExactly(log);
        if (log.Length == 0)
        {
            return 0;
        }

        var frame = 24 + BinaryPrimitives.ReadInt32BigEndian(log.AsSpan(8));
        var salt = log.AsSpan(16, 8);
        var commits = 0;
        for (var at = 32; at + frame <= log.Length && log.AsSpan(at + 8, 8).SequenceEqual(salt); at += frame)
        {
            commits += BinaryPrimitives.ReadInt32BigEndian(log.AsSpan(at + 4)) == 0 ? 0 : 1;
        }

        return commits;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var scope in _scopes)
        {
            await scope.DisposeAsync();
        }

        await _server.DisposeAsync();
        await _file.DisposeAsync();
    }
}
