using System.Data.Common;
using MySqlConnector;

namespace Carafe.MySql.Infrastructure;

/// <summary>
/// Knows the server that contexts are connected to. It is asked once, when its version is first needed, and never at the start of an app.
/// </summary>
internal sealed class MySqlServer : ISingletonOptions
{
    private const string Question = "SELECT VERSION(), @@SESSION.sql_mode";
    private string? _connectionString;
    private volatile State? _state;

    /// <summary>Gets the version of the server; contacts it if nobody has done so yet.</summary>
    /// <exception cref="MySqlException">The server cannot be reached.</exception>
    /// <exception cref="InvalidOperationException">The server is too old, or is set up so that data would be lost.</exception>
    public MySqlServerVersion Version => (_state ?? Ask()).Version;

    /// <summary>Gets whether the server has been asked.</summary>
    public bool IsKnown => _state is { IsAsked: true };

    /// <summary>Gets whether a backslash is an ordinary character in the server's literals.</summary>
    public bool HasNoBackslashEscapes => _state is { HasNoBackslashEscapes: true };

    public void Initialize(IDbContextOptions options)
    {
        var extension = options.FindExtension<MySqlOptionsExtension>();
        _connectionString = extension?.ConnectionString ?? extension?.Connection?.ConnectionString;
        if (extension?.ServerVersion is { } version && MySqlServerVersion.TryParse(version, out var parsed))
        {
            _state = new State(parsed, false, false);
        }
    }

    public void Validate(IDbContextOptions options)
    {
        var extension = options.FindExtension<MySqlOptionsExtension>();
        if (extension?.ServerVersion is { } version && MySqlServerVersion.TryParse(version, out var parsed) && _state is { } state
            && state.Version != parsed && !state.IsAsked)
        {
            throw new InvalidOperationException("Two versions of a server cannot share one internal service provider.");
        }
    }

    /// <summary>Asks the server on an open connection.</summary>
    public void Ask(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Question;
        using var reader = command.ExecuteReader();
        reader.Read();
        _state = Read(reader);
    }

    /// <summary>Asks the server on an open connection.</summary>
    public async Task AskAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = Question;
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                _state = Read(reader);
            }
        }
    }

    private State Ask()
    {
        if (_connectionString is null)
        {
            throw new InvalidOperationException("The version of the server is not known: UseMySql(connection, mysql => mysql.ServerVersion(...)) sets it.");
        }

        using var connection = new MySqlConnection(_connectionString);
        connection.Open();
        Ask(connection);
        return _state!;
    }

    private static State Read(DbDataReader reader)
    {
        var (text, modes) = (reader.GetString(0), reader.GetString(1).Split(','));
        if (!MySqlServerVersion.TryParse(text, out var version))
        {
            throw new InvalidOperationException($"The server calls itself '{text}', which is no version of MariaDB or MySQL.");
        }

        if (!version.IsSupported)
        {
            throw new InvalidOperationException(version.TooOld);
        }

        if (!modes.Contains("STRICT_TRANS_TABLES") && !modes.Contains("STRICT_ALL_TABLES"))
        {
            throw new InvalidOperationException(
                "The server's sql_mode has no STRICT_TRANS_TABLES: it would cut what is too long, and store what was not sent. Set it on the server.");
        }

        return !modes.Contains("EMPTY_STRING_IS_NULL") ? new State(version, modes.Contains("NO_BACKSLASH_ESCAPES"), true)
            : throw new InvalidOperationException("The server's sql_mode has EMPTY_STRING_IS_NULL: it would store empty text as NULL. Take it out.");
    }

    private sealed record State(MySqlServerVersion Version, bool HasNoBackslashEscapes, bool IsAsked);
}
