using System.Reflection;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.Adoption;

/// <summary>Writes what a project has beside its tables: the project file, the factory, and the blueprint of accounts.</summary>
internal sealed class ProjectWriter(string project, AdoptedSchema schema)
{
    public IEnumerable<SourceFile> Write()
    {
        yield return new SourceFile($"{project}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Carafe.App" Version="{Version(typeof(Database))}" />
                <!-- Writes migrations; as a private asset it is not published. -->
                <PackageReference Include="Microsoft.EntityFrameworkCore.Design" Version="{Version(typeof(DbContext))}" PrivateAssets="all" />
              </ItemGroup>
            </Project>

            """);
        yield return new SourceFile("Properties/launchSettings.json", $$"""
            {
              "profiles": {
                "{{project}}": {
                  "commandName": "Project",
                  "environmentVariables": { "DOTNET_ENVIRONMENT": "Development" }
                }
              }
            }

            """);
        yield return new SourceFile("Program.cs", $"return await CarafeApp.RunAsync(args, {project}.ApiFactory.Create);\n");
        yield return new SourceFile(".gitignore", "bin/\nobj/\n.env\n.env.*\n!.env.example\n.carafe/\n*.db\n*.db-shm\n*.db-wal\n");
        yield return new SourceFile("Stamps.cs", $$"""
            namespace {{project}};

            internal static class Stamps
            {
                /// <summary>Returns the time in whole seconds: SQLAlchemy before 2 misreads a fraction that ends in zeros, while both run.</summary>
                public static DateTimeOffset Stamp(this TimeProvider time) => DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
            }

            """);
        yield return new SourceFile("ApiFactory.cs", Factory());
        yield return new SourceFile("ADOPTED.md", $"""
            # What the database did not tell

            {string.Join("\n", schema.Notes.Select(note => $"- {CSharpText.Line(note)}"))}

            """);
        foreach (var file in new AccountWriter(project, schema).Write())
        {
            yield return file;
        }
    }

    private string Factory()
    {
        var user = schema.Account?.Table.Entity ?? EntityWriter.NewAccount;
        var (list, column, doubt) = schema.Revocation;
        var revoked = column is null ? "" : $"(db, jti, stop) => db.{list!.Set}.AnyAsync(row => row.{column.Property} == jti, stop)";
        var tokens = doubt is null ? $"builder.Services.AddFlaskTokens<AppDb, {user}>({revoked});"
            : "// AddFlaskTokens is missing: ADOPTED.md says why.";
        var folders = schema.Tables.Select(table => $"{project}.{table.Folder}").Append($"{project}.Auth").Distinct().Order(StringComparer.Ordinal);
        var maps = schema.Tables.Select(table => $"        app.MapBlueprint<{table.Set}Blueprint>({CSharpText.Literal(table.Path)});");
        return $$"""
            {{string.Concat(folders.Select(name => $"using {name};\n"))}}
            namespace {{project}};

            /// <summary>Builds the app: everything that it is made of, on one screen.</summary>
            public static class ApiFactory
            {
                /// <summary>Creates the app. Program.cs and every command use it; <paramref name="configure"/> runs last.</summary>
                public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
                {
                    var builder = CarafeApp.CreateBuilder(args);

                    builder.Services.AddDatabase<AppDb>();{{(schema.Kind == AdoptedKind.MySql ? "\n        builder.Services.AddMySql();" : "")}}
                    builder.Services.AddAuth<AppDb, {{user}}>();
                    builder.Services.AddWerkzeugHashes();
                    {{tokens}}
                    // As many digits as Python's isoformat().
                    builder.Services.AddJsonConventions(json => json.TimestampDecimals = 6);
                    builder.Services.AddValidation();
                    builder.Services.AddOpenApi(options => options.AddCarafeConventions());
                    builder.Services.AddDocs();
                    configure?.Invoke(builder);

                    var app = builder.Build();

                    app.UseCarafe();
                    app.UseAuth();

                    app.MapDocs();
                    app.MapHealth();
                    app.MapBlueprint<AuthBlueprint>("/auth");
            {{string.Join("\n", maps)}}

                    return app;
                }
            }

            """;
    }

    // Without the commit.
    private static string Version(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
