using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Carafe.Data.Adoption;

/// <summary>
/// Compiles what is written before it is written, against the assemblies of the running app. It needs what Microsoft.EntityFrameworkCore.Design brings.
/// </summary>
internal sealed class ProjectCompiler
{
    private static readonly string[] Used = ["Carafe.Auth", "Carafe.Auth.Werkzeug", "Carafe.Limits", "Carafe.OpenApi"];

    private readonly MetadataReference[] _references;

    /// <exception cref="CommandException">The app runs without its assemblies as files, or without the kit's accounts.</exception>
    public ProjectCompiler()
    {
        var files = ((AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string) ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var missing = Used.Where(name => !files.Any(file => Path.GetFileNameWithoutExtension(file) == name)).ToList();
        if (missing.Count > 0)
        {
            throw new CommandException($"The project that 'db adopt' writes uses {string.Join(", ", missing)}: run it in an app that references Carafe.App.");
        }

        _references = [.. files.Select(file => MetadataReference.CreateFromFile(file))];
    }

    /// <summary>Returns the names of the types that each file has in scope.</summary>
    public IEnumerable<string> TypesInScope()
    {
        var root = CSharpCompilation.Create("Names", references: _references).GlobalNamespace;
        return AdoptedNames.Scope.Select(scope => scope.Split('.').Aggregate((INamespaceSymbol?)root, (found, part) =>
                found?.GetNamespaceMembers().FirstOrDefault(member => member.Name == part)))
            .SelectMany(scope => scope?.GetTypeMembers() ?? []).Where(type => type.DeclaredAccessibility == Accessibility.Public).Select(type => type.Name);
    }

    /// <summary>Compiles sources and loads them.</summary>
    /// <exception cref="CommandException">They do not compile.</exception>
    public Assembly Compile(string name, IEnumerable<string> sources)
    {
        var usings = AdoptedNames.Scope
            .Except(["System.Linq.Expressions", "System.Text.Json.Serialization", "System.ComponentModel.DataAnnotations.Schema", "Microsoft.AspNetCore.Mvc"])
            .Select(scope => $"global using {scope};");
        var compilation = CSharpCompilation.Create(
            name,
            [.. sources.Append(string.Join('\n', usings)).Select(source => CSharpSyntaxTree.ParseText(source))],
            _references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        return result.Success ? Assembly.Load(image.ToArray())
            : throw new CommandException(
                $"What was read does not make a project that compiles: {result.Diagnostics.First(error => error.Severity == DiagnosticSeverity.Error)}. "
                + "Nothing was written.");
    }
}
