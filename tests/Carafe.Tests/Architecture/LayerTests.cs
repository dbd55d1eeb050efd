namespace Carafe.Tests.Architecture;

/// <summary>
/// Checks that dependencies between the folders of a project run one way. A folder uses the folders that stand before it in its list; <c>.</c> is the
/// project's own folder, which puts the parts together.
/// </summary>
public sealed class LayerTests
{
    public static TheoryData<string, string> Orders => new()
    {
        {
            "Carafe",
            "Configuration Errors Metadata Connections Bodies Conditional Json Validation Binding Blueprints Headers ErrorHandling Hosting Limits Http "
            + "Replicas Idempotency Commands Checks ."
        },
        { "Carafe.Data", "Providers Conventions Health Errors Queries Sets Paging Lists Migrations Transfer Sqlite Postgres Limits Replicas "
            + "Idempotency Adoption Backups Commands Checks ." },
        { "Carafe.Auth", "Accounts Options Keys Tokens Callers Sessions Bearer Authorization ApiKeys Passwords Logins Checks ." },
        { "Carafe.Auth.Werkzeug", "." },
        { "Carafe.OpenApi", "Operations Responses Schemas Docs Clients ." },
        { "Carafe.Limits", "." },
        { "Carafe.Mail", "." },
        { "Carafe.Redis", "." },
        { "Carafe.Telemetry", "." },
        { "Carafe.Data.MySql", "." },
        { "Carafe.Tasks", "Definitions Storage Telemetry Running Enqueuing Scheduling Workers Http Page Webhooks Commands ." },
        { "Carafe.Testing", "Databases Apps Http Contract ." },
        { "Carafe.FastSqlite", "Telemetry Pooling Writes Connections Reads Extension ." },
    };

    [Theory]
    [MemberData(nameof(Orders))]
    public void A_folder_uses_only_the_folders_before_it(string project, string order)
    {
        var folders = order.Split(' ');
        var assembly = SourceAssembly.Load(project);
        string[] wrong = [.. assembly.UsesOf(assembly)
            .Where(use => Array.IndexOf(folders, Folder(use.DeclaredIn)) > Array.IndexOf(folders, Folder(use.File)))
            .Select(use => $"File {use.File} (folder {Folder(use.File)}) uses type {use.Type} of the higher folder {Folder(use.DeclaredIn)}")];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void Every_folder_of_a_project_has_its_place_in_the_order(string project, string order) =>
        Assert.Equal(order.Split(' ').Order(), SourceAssembly.Load(project).Types.SelectMany(type => type.Files).Select(Folder).Append(".").Distinct().Order());

    // Carafe.MySql is laid out as EF Core's providers are: their options add all services, and services read the options.
    [Fact]
    public void Every_project_has_an_order() =>
        Assert.Equal(Orders.Select(row => row.Data.Item1).Order(), Directory.EnumerateDirectories(Repository.Source)
            .Where(project => Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories).Any(file => !IsBuilt(file)))
            .Select(Path.GetFileName).Where(project => project != "Carafe.MySql").Order());

    [Fact]
    public void One_file_outside_the_fast_layer_names_its_types()
    {
        var fast = SourceAssembly.Load("Carafe.FastSqlite");
        var files = Orders.Select(row => row.Data.Item1).Where(project => project != "Carafe.FastSqlite")
            .SelectMany(project => SourceAssembly.Load(project).UsesOf(fast))
            .Select(use => use.File);
        Assert.Equal(["Carafe.Data/Sqlite/SqliteDatabase.cs"], files.Distinct());
    }

    [Fact]
    public void No_type_has_one_of_the_names_that_were_given_up() =>
        Assert.Empty(Orders.SelectMany(row => SourceAssembly.Load(row.Data.Item1).Types)
            .Select(type => type.Type.Name.Split('`')[0])
            .Intersect(FormerNames));

    private static readonly string[] FormerNames =
    [
        "CarafeServices", "PipelineExtensions", "Hooks", "HeldBody", "Ground", "ListenAddress", "StartupChecks", "RouteChecks", "IRouteCheck", "CommandLog",
        "StartupNotice", "WhoMayCall", "SettingsReader", "Setting", "SettingParser", "CheckedOptions", "SecretRules", "SecretStore", "Error", "ErrorHandler",
        "ErrorWriter", "StandardMessages", "Faults", "BadRequests", "RequestParameter", "JsonFaults", "JsonWalk", "JsonWords", "RetainedBody", "RuleTypes",
        "CollectionRules", "BodyRuleCheck", "RuleFaults", "RulePath", "RuleWords", "JsonAnswers", "Patch", "ResponseHeaders", "MethodsMiddleware",
        "EndpointSteps", "EndpointPlan", "RequestRules", "Timeouts", "Acceptance", "ETags", "Idempotent", "KeyLookup", "QueryShape", "ShapeMatch",
        "ShapeCache", "LastingConnection", "ContextConnection", "ConnectionPool", "PreparedCommand", "StatementKind", "Totals", "WriteGate", "GroupWriter",
        "WriteJob", "BufferedReader", "Logins", "Passwords", "Sessions", "AccountWatch", "UnsortedSingles", "RecentContexts", "PostgresCounts", "SignedIn",
        "IReadObserver",
    ];

    private static bool IsBuilt(string file) => file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal);

    // "Carafe.Data/Sqlite/Rebuild/SqliteSteps.cs" lies in Sqlite, "Carafe.Data/DataBatch.cs" in the project's own folder.
    private static string Folder(string file) => file.Split('/') is [_, var folder, _, ..] ? folder : ".";
}
