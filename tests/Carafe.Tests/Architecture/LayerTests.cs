namespace Carafe.Tests.Architecture;

/// <summary>A folder is a layer: it names types of the folders above it in these lists, and of no other.</summary>
public sealed class LayerTests
{
    private static readonly Dictionary<string, string[]> Layers = new()
    {
        ["Carafe"] =
        [
            "Configuration", "Errors", "Metadata", "Binding", "Validation", "Json", "Blueprints", "Conditional", "Hosting", "Http", "ErrorHandling", "Idempotency", "Pipeline",
            "Commands", "",
        ],
        ["Carafe.Data"] = [],
        ["Carafe.Auth"] = [],
        ["Carafe.OpenApi"] = [],
    };

    public static TheoryData<string> Projects => [.. Layers.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_folder_depends_only_on_the_folders_before_it(string project)
    {
        var layers = Layers[project];
        var upward = new SourceFolders(project).Uses().Where(use => Array.IndexOf(layers, use.To) > Array.IndexOf(layers, use.From)).Select(use => use.Use).Order();

        Assert.Empty(upward);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_folder_has_its_place(string project) => Assert.Equal(new SourceFolders(project).Names, Layers[project].Order());
}
