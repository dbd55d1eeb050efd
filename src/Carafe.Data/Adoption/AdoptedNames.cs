using System.Text;
using System.Text.RegularExpressions;

namespace Carafe.Data.Adoption;

/// <summary>Makes C# names of the names in a database.</summary>
internal sealed partial class AdoptedNames
{
    // What each file of the project has in scope, and the namespaces that a namespace of the project would hide.
    private static readonly string[] Scopes =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks",
        "System.Linq.Expressions", "System.Text.Json.Serialization", "System.ComponentModel.DataAnnotations",
        "System.ComponentModel.DataAnnotations.Schema", "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http",
        "Microsoft.AspNetCore.Http.HttpResults", "Microsoft.AspNetCore.Mvc", "Microsoft.AspNetCore.Routing", "Microsoft.EntityFrameworkCore",
        "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging",
        "System.Net.Http.Json", "Carafe", "Carafe.Auth", "Carafe.Data", "Carafe.Limits", "Carafe.OpenApi",
    ];

    private static readonly HashSet<string> Namespaces =
        new(["System", "Microsoft", "Carafe", "Auth", "Migrations", "AppDb", "ApiFactory", "Program", "Stamp", "Stamps"], StringComparer.Ordinal);

    // What a record or a class has already, or what the files that are written name.
    private static readonly HashSet<string> Members = new(
        [
            "Equals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "Finalize", "Clone", "EqualityContract", "Deconstruct", "PrintMembers",
            "From", "FromRow", "SeenBy", "CopyTo",
        ],
        StringComparer.Ordinal);

    private static readonly HashSet<string> Keywords = new(
        ("abstract as base bool break byte case catch char checked class const continue decimal default delegate do double else enum event explicit extern "
        + "false finally fixed float for foreach goto if implicit in int interface internal is lock long namespace new null object operator out override "
        + "params private protected public readonly ref return sbyte sealed short sizeof stackalloc static string struct switch this throw true try typeof "
        + "uint ulong unchecked unsafe ushort using virtual void volatile while field value record required var dynamic await async").Split(' '),
        StringComparer.Ordinal);

    private readonly HashSet<string> _types;
    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="types">The names of the types that files have in scope.</param>
    public AdoptedNames(IEnumerable<string> types) => _types = new(types, StringComparer.Ordinal);

    /// <summary>Gets the namespaces that every file has in scope.</summary>
    public static IReadOnlyList<string> Scope => Scopes;

    /// <summary>Returns the namespace of a project; null when the name cannot be one.</summary>
    public string? Project(string folder) =>
        Pascal(folder) is { Length: > 0 } name && !char.IsDigit(name[0]) && !Namespaces.Contains(name) && !_types.Contains(name) ? name : null;

    /// <summary>Returns the names of the class of a row, the set and the folder.</summary>
    public (string Entity, string Set, string Folder) Table(string table, Func<string, string> singular, Func<string, string> plural)
    {
        var entity = Legal(Pascal(singular(table)));
        var set = Legal(Pascal(plural(table)));
        entity = entity == set || _types.Contains(entity) || Namespaces.Contains(entity) ? $"{entity}Row" : entity;
        while (!_taken.Add(entity))
        {
            entity += "Row";
        }

        while (!_taken.Add(set))
        {
            set += "Rows";
        }

        return (entity, Members.Contains(set) || typeof(Microsoft.EntityFrameworkCore.DbContext).GetMember(set).Length > 0 ? $"{set}Rows" : set,
            _types.Contains(set) || Namespaces.Contains(set) ? $"{set}Table" : set);
    }

    /// <summary>Returns the names of a column's property in the class of rows, and of its member in requests and responses.</summary>
    public static (string Property, string Member) Column(string column, string entity, ISet<string> taken)
    {
        var name = Legal(Pascal(column));
        name = Members.Contains(name) ? $"{name}Value" : name;
        while (!taken.Add(name))
        {
            name += "Value";
        }

        // A class has no member of its own name.
        var property = name;
        while (property == entity || (property != name && !taken.Add(property)))
        {
            property += "Value";
        }

        return (property, name);
    }

    /// <summary>Returns whether the naming convention finds the column by the property.</summary>
    public static bool IsConventional(string column, string property) =>
        Words().IsMatch(column) && string.Concat(column.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..])) == property;

    /// <summary>Returns the name of a parameter.</summary>
    public static string Parameter(string member) =>
        char.ToLowerInvariant(member[0]) + member[1..] is var name && Keywords.Contains(name) ? $"{name}Key" : name;

    private static string Legal(string name) => name.Length == 0 ? "Unnamed" : char.IsDigit(name[0]) ? $"_{name}" : name;

    private static string Pascal(string text)
    {
        var name = new StringBuilder();
        foreach (Match part in Parts().Matches(text))
        {
            var word = part.Value;
            word = word.Length > 1 && word.All(letter => !char.IsLower(letter)) ? word.ToLowerInvariant() : word;
            name.Append(char.ToUpperInvariant(word[0])).Append(word.AsSpan(1));
        }

        return name.ToString();
    }

    [GeneratedRegex(@"[\p{L}\p{Nd}]+")]
    private static partial Regex Parts();

    [GeneratedRegex("^[a-z]+(_[a-z]+)*$")]
    private static partial Regex Words();
}
