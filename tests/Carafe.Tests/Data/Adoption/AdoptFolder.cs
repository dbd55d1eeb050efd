namespace Carafe.Tests.Data.Adoption;

/// <summary>A folder in which a project is written.</summary>
internal sealed class AdoptFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("carafe-adopt-").FullName;

    public string Project => System.IO.Path.Combine(Path, "shop-api");

    public string Read(string file) => File.ReadAllText(System.IO.Path.Combine(Project, file));

    public string ReadMigration(string name) =>
        File.ReadAllText(Directory.EnumerateFiles(System.IO.Path.Combine(Project, "Migrations"), $"*_{name}.cs").Single());

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
