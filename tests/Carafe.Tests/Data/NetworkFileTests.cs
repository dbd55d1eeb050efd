using Carafe.Data.Checks;

namespace Carafe.Tests.Data;

public sealed class NetworkFileTests
{
    [Theory]
    [InlineData("nfs4", true)]
    [InlineData("cifs", true)]
    [InlineData("ext4", false)]
    public async Task The_check_finds_a_database_on_a_file_system_of_the_network(string format, bool isFound)
    {
        var folder = Directory.CreateTempSubdirectory("carafe-");
        try
        {
            var file = Path.Combine(folder.FullName, "shop.db");
            await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
            var output = new StringWriter();
            await CarafeApp.RunAsync(
                ["check", "--deploy", "--json", "--environment", "Testing"],
                (args, configure) => Shop.Create(args, builder =>
                {
                    configure?.Invoke(builder);
                    builder.Configuration["DATABASE_URL"] = $"sqlite:///{file}";
                    builder.Services.AddSingleton<FileSystems>(new Elsewhere(format));
                }),
                output,
                TextWriter.Null);
            Assert.Equal(isFound, output.ToString().Contains($"is on a network file system ({format}).", StringComparison.Ordinal));
            Assert.Contains("C412", output.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private sealed class Elsewhere(string format) : FileSystems
    {
        protected override string Format(string path) => format;
    }
}
