using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Carafe.Data.Migrations;

/// <summary>Makes the name of a migration, which is a class and a file, from what somebody wrote about it.</summary>
internal static class MigrationName
{
    // The history keeps 150 characters of an id, of which the time takes 15. File systems count bytes.
    private const int MaxBytes = 120;

    /// <exception cref="CommandException">Nothing of the message can stand in a name.</exception>
    public static string Of(string message)
    {
        var words = new string([.. message.Normalize().Select(letter => char.IsLetterOrDigit(letter) ? letter : ' ')])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var name = Cut(string.Concat(words.Select(word => char.ToUpperInvariant(word[0]) + word[1..])));
        return name switch
        {
            "" => throw new CommandException("The message must hold a letter or a digit: it becomes the name of the migration."),
            _ when char.IsDigit(name[0]) => $"_{name}",
            _ => name,
        };
    }

    /// <summary>Returns the name, with "Migration" appended where another type of the file has it.</summary>
    public static string Free(string name, DbContext context) => IsTaken(name, context) ? $"{name}Migration" : name;

    private static bool IsTaken(string name, DbContext context) =>
        typeof(Migration).GetMembers(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Any(member => member.Name == name)
        || (context.GetType().Namespace ?? "").Split('.').Append("Migrations").Append("Microsoft").Append("System").Append("Npgsql").Append("Carafe")
            .Contains(name)
        || context.GetType().Assembly.GetTypes().Any(type => type.Name == name && !typeof(Migration).IsAssignableFrom(type))
        || new[] { typeof(object), typeof(Uri), typeof(Migration), typeof(DbContext), typeof(System.Net.IPAddress),
            typeof(Npgsql.EntityFrameworkCore.PostgreSQL.Metadata.NpgsqlValueGenerationStrategy) }
            .SelectMany(type => type.Assembly.GetExportedTypes()).Any(type => type.Name == name);

    private static string Cut(string name)
    {
        var (bytes, length) = (0, 0);
        foreach (var letter in name.EnumerateRunes())
        {
            bytes += letter.Utf8SequenceLength;
            length += bytes <= MaxBytes ? letter.Utf16SequenceLength : 0;
        }

        return name[..length];
    }
}
