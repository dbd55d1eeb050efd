using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Carafe.Tests.Architecture;

/// <summary>
/// An assembly of src/ as it was compiled: the files its types are declared in (from the PDB), and the types that each file uses (from the IL).
/// </summary>
internal sealed class SourceAssembly
{
    private static readonly Guid TypeDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    private readonly Assembly _assembly;
    private readonly Dictionary<MethodBase, string> _methods = [];
    private readonly Dictionary<Type, SortedSet<string>> _types = [];

    private SourceAssembly(string name)
    {
        _assembly = Assembly.Load(name);
        using var provider = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(Path.ChangeExtension(_assembly.Location, ".pdb")));
        var symbols = provider.GetMetadataReader();
        foreach (var type in _assembly.GetTypes())
        {
            foreach (var method in MethodsOf(type))
            {
                var handle = MetadataTokens.MethodDebugInformationHandle(method.MetadataToken & 0xFFFFFF);
                if (SourceFile(symbols, symbols.GetMethodDebugInformation(handle).Document) is { } file)
                {
                    _methods[method] = file;
                    Declare(type, file);
                }
            }

            foreach (var file in FilesWithoutCode(symbols, type))
            {
                Declare(type, file);
            }
        }
    }

    /// <summary>Reads an assembly that the tests reference.</summary>
    public static SourceAssembly Load(string name) => new(name);

    /// <summary>Gets the types that are not nested, each with its files.</summary>
    public IEnumerable<(Type Type, IReadOnlyCollection<string> Files)> Types => _types.Select(entry => (entry.Key, (IReadOnlyCollection<string>)entry.Value));

    /// <summary>Gets each use of one of <paramref name="declaring"/>'s types in a file of this assembly.</summary>
    public IEnumerable<TypeUse> UsesOf(SourceAssembly declaring) =>
        _assembly.GetTypes().SelectMany(type => UsesIn(type))
            .Concat(ConstantsOf(declaring))
            .Select(use => (use.File, Type: Outermost(use.Type)))
            .Distinct()
            .Where(use => use.Type.Assembly == declaring._assembly && declaring._types.ContainsKey(use.Type) && !declaring._types[use.Type].Contains(use.File))
            .Select(use => new TypeUse(use.File, use.Type.Name, declaring.FileOf(use.Type)));

    private IEnumerable<(string File, Type Type)> UsesIn(Type type)
    {
        if (!_types.ContainsKey(Outermost(type)))
        {
            yield break;
        }

        foreach (var used in ReferenceReader.InDeclaration(type))
        {
            yield return (FileOf(Outermost(type)), used);
        }

        foreach (var method in MethodsOf(type))
        {
            var file = _methods.GetValueOrDefault(method, FileOf(Outermost(type)));
            foreach (var used in ReferenceReader.InMethod(method))
            {
                yield return (file, used);
            }
        }
    }

    // The compiler replaces a constant by its value: only the source names it.
    private IEnumerable<(string File, Type Type)> ConstantsOf(SourceAssembly declaring)
    {
        var constants = declaring._types.Keys
            .SelectMany(type => type.GetFields(ReferenceReader.All))
            .Where(field => field.IsLiteral)
            .Select(field => (Type: field.DeclaringType!, Text: $"{field.DeclaringType!.Name}.{field.Name}"))
            .ToList();
        foreach (var file in _types.Values.SelectMany(files => files).Distinct())
        {
            var source = File.ReadAllText(Path.Combine(Repository.Source, file));
            foreach (var constant in constants.Where(constant => source.Contains(constant.Text, StringComparison.Ordinal)))
            {
                yield return (file, constant.Type);
            }
        }
    }

    private void Declare(Type type, string file)
    {
        var outermost = Outermost(type);
        if (!_types.TryGetValue(outermost, out var files))
        {
            _types[outermost] = files = new(StringComparer.Ordinal);
        }

        files.Add(file);
    }

    private string FileOf(Type type) =>
        _types[type].FirstOrDefault(file => Path.GetFileNameWithoutExtension(file) == type.Name.Split('`')[0]) ?? _types[type].Min!;

    private IEnumerable<string> FilesWithoutCode(MetadataReader symbols, Type type)
    {
        foreach (var handle in symbols.GetCustomDebugInformation(MetadataTokens.EntityHandle(type.MetadataToken)))
        {
            var information = symbols.GetCustomDebugInformation(handle);
            if (symbols.GetGuid(information.Kind) == TypeDocuments)
            {
                var blob = symbols.GetBlobReader(information.Value);
                while (blob.RemainingBytes > 0)
                {
                    if (SourceFile(symbols, MetadataTokens.DocumentHandle(blob.ReadCompressedInteger())) is { } file)
                    {
                        yield return file;
                    }
                }
            }
        }
    }

    private string? SourceFile(MetadataReader symbols, DocumentHandle handle)
    {
        if (handle.IsNil)
        {
            return null;
        }

        var path = symbols.GetString(symbols.GetDocument(handle).Name).Replace('\\', '/');
        var start = path.LastIndexOf($"/src/{_assembly.GetName().Name}/", StringComparison.Ordinal);
        return start < 0 || path.Contains("/obj/", StringComparison.Ordinal) ? null : path[(start + "/src/".Length)..];
    }

    private static IEnumerable<MethodBase> MethodsOf(Type type) =>
        type.GetMethods(ReferenceReader.All).Concat<MethodBase>(type.GetConstructors(ReferenceReader.All));

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
