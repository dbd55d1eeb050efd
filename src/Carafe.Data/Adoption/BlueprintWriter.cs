namespace Carafe.Data.Adoption;

/// <summary>Writes a blueprint for each table: closed to guests, and only the owner of a row or an admin reads and changes it.</summary>
internal sealed class BlueprintWriter(string project, AdoptedSchema schema)
{
    public IEnumerable<SourceFile> Write() => schema.Tables.Select(table => new SourceFile($"{table.Folder}/{table.Set}Blueprint.cs", Blueprint(table)));

    private string Blueprint(AdoptedTable table)
    {
        var isAccount = table == schema.Account?.Table;
        var owner = schema.OwnerOf(table);
        var route = CSharpText.Literal(Route(table));
        var admin = owner is null && !isAccount ? ".RequireAdmin()" : isAccount ? ".RequireSelfOrAdmin()" : "";
        var read = isAccount ? "" : admin;
        var request = ContractWriter.Request(schema, table);
        var maps = new List<string>
        {
            $"group.MapGet(\"/\", List{table.Set}){read};",
            $"group.MapGet({route}, Get{table.Entity}){read};",
        };
        var handlers = new List<string> { List(table, owner, isAccount), Get(table, owner, isAccount) };
        if (!isAccount && ContractWriter.CanInsert(schema, table))
        {
            maps.Add($"group.MapPost(\"/\", Create{table.Entity}){admin}.ProducesErrors(409);");
            handlers.Add(Create(table, owner));
        }

        if (request is not null)
        {
            maps.Add($"group.MapPut({route}, Update{table.Entity}){admin}.ProducesErrors(409);");
            handlers.Add(Update(table, request, isAccount));
        }

        if (ContractWriter.AdminRequest(schema, table) is { } decided)
        {
            maps.Add($"group.MapPut({CSharpText.Literal(Route(table) + "/admin")}, Administer{table.Entity}).RequireAdmin().ProducesErrors(409);");
            handlers.Add(Update(table, decided, isAccount, "Administer"));
        }

        maps.Add($"group.MapDelete({route}, Delete{table.Entity}){admin}.ProducesErrors(409);");
        handlers.Add(Delete(table, isAccount));
        handlers.Add(Find(table, owner));
        var who = isAccount ? "Everybody signed in may read; only you, or an admin, may change you."
            : owner is null ? "Only an admin may read and write: the rows belong to nobody."
            : "Everybody signed in may add rows; only the owner of a row or an admin may read and change it.";
        return $$"""
            {{(table.Key.Count > 1 ? "using Microsoft.AspNetCore.Mvc;\n\n" : "")}}namespace {{project}}.{{table.Folder}};

            /// <summary>{{who}}</summary>
            public sealed class {{table.Set}}Blueprint : IBlueprint
            {
                public static string Name => {{CSharpText.Literal(table.Path[1..])}};

                public static void Map(RouteGroupBuilder group)
                {
            {{string.Join("\n", maps.Select(map => $"        {map}"))}}
                }

            {{string.Join("\n\n", handlers)}}
            }

            """;
    }

    private static string List(AdoptedTable table, AdoptedColumn? owner, bool isAccount)
    {
        var order = table.IsKeyGenerated
            ? $".OrderByDescending(row => row.{table.Key[0].Property})"
            : string.Concat(table.Key.Select((column, i) => $".{(i == 0 ? "OrderBy" : "ThenBy")}(row => row.{column.Property})"));
        var mine = owner is null ? "" : $".Where(row => me.IsAdmin || row.{owner.Property} == me.Id)";
        return $$"""
                /// <summary>List {{CSharpText.Comment(table.Name)}}.</summary>
                internal static async Task<Ok<Paged<{{table.Entity}}Response>>> List{{table.Set}}(
                    PageQuery page, AppDb db, {{(isAccount || owner is not null ? "CurrentUser me, " : "")}}CancellationToken stop) =>
                    TypedResults.Ok(await db.{{table.Set}}{{mine}}{{order}}.ToPageAsync(page, {{Select(table, isAccount)}}, stop));
            """;
    }

    private static string Get(AdoptedTable table, AdoptedColumn? owner, bool isAccount) => owner is not null ? $$"""
            /// <summary>Fetch one row of {{CSharpText.Comment(table.Name)}}.</summary>
            internal static async Task<Ok<{{table.Entity}}Response>> Get{{table.Entity}}(
                {{Parameters(table)}}, AppDb db, CurrentUser me, CancellationToken stop) =>
                TypedResults.Ok({{table.Entity}}Response.From(await FindAsync({{Call(table, owner)}})));
        """ : $$"""
            /// <summary>Fetch one row of {{CSharpText.Comment(table.Name)}}.</summary>
            internal static async Task<Ok<{{table.Entity}}Response>> Get{{table.Entity}}(
                {{Parameters(table)}}, AppDb db, {{(isAccount ? "CurrentUser me, " : "")}}CancellationToken stop) =>
                TypedResults.Ok(await db.{{table.Set}}.Where(row => {{Condition(table)}}).Select({{Select(table, isAccount)}})
                    .FirstOr404Async({{NotFound(table)}}, stop));
        """;

    private string Create(AdoptedTable table, AdoptedColumn? owner)
    {
        var request = ContractWriter.NewRequest(schema, table);
        var values = ContractWriter.Inserted(schema, table).Select(column => $"{column.Property} = request.{column.Member}").ToList();
        if (owner is not null)
        {
            values.Add($"{owner.Property} = me.Id");
        }

        values.AddRange(Stamps(table).Select(column => $"{column.Property} = time.Stamp()"));
        var parameters = new[]
        {
            request is null ? null : $"{request} request", "AppDb db", owner is null ? null : "CurrentUser me",
            Stamps(table).Count > 0 ? "TimeProvider time" : null, "CancellationToken stop",
        };
        var location = string.Concat(table.Key.Select(column => $"/{{row.{column.Property}}}"));
        return $$"""
                /// <summary>Add a row to {{CSharpText.Comment(table.Name)}}.</summary>
                internal static async Task<Created<{{table.Entity}}Response>> Create{{table.Entity}}({{string.Join(", ", parameters.OfType<string>())}})
                {
                    var row = new {{table.Entity}} { {{string.Join(", ", values)}} };
                    db.{{table.Set}}.Add(row);
                    await db.SaveChangesAsync(stop);

                    return TypedResults.Created({{CSharpText.Literal(table.Path)}} + $"{{location}}", {{table.Entity}}Response.From(row));
                }
            """;
    }

    private string Update(AdoptedTable table, string request, bool isAccount, string verb = "Update")
    {
        var owner = schema.OwnerOf(table);
        var address = isAccount && verb == "Update" && schema.Account!.Email is { } email && ContractWriter.Changed(schema, table).Contains(email) ? $$"""

                    if (request.{{email.Member}} != row.{{email.Property}} && id == me.Id)
                    {
                        me.RequireFresh(TimeSpan.FromMinutes(15));
                    }

            """ : "";
        var recently = verb != "Update" ? " It holds what an account does not decide itself."
            : address.Length > 0 ? " One's own address needs a login of the last quarter of an hour." : "";
        var updated = table.Updated is { } column ? $"\n        row.{column.Property} = time.Stamp();" : "";
        var parameters = new[]
        {
            Parameters(table), $"{request} request", "AppDb db", owner is not null || address.Length > 0 ? "CurrentUser me" : null,
            updated.Length > 0 ? "TimeProvider time" : null, "CancellationToken stop",
        };
        return $$"""
                /// <summary>Replace one row of {{CSharpText.Comment(table.Name)}}.{{recently}}</summary>
                internal static async Task<Ok<{{table.Entity}}Response>> {{verb}}{{table.Entity}}(
                    {{string.Join(", ", parameters.OfType<string>())}})
                {
                    var row = await FindAsync({{Call(table, owner)}});{{address}}
                    request.CopyTo(row);{{updated}}
                    await db.SaveChangesAsync(stop);

                    return TypedResults.Ok({{table.Entity}}Response.From(row));
                }
            """;
    }

    private string Delete(AdoptedTable table, bool isAccount)
    {
        var owner = schema.OwnerOf(table);
        var recently = isAccount ? " Oneself needs a login of the last quarter of an hour." : "";
        var fresh = isAccount ? "\n        if (id == me.Id)\n        {\n            me.RequireFresh(TimeSpan.FromMinutes(15));\n        }\n" : "";
        return $$"""
                /// <summary>Delete one row of {{CSharpText.Comment(table.Name)}}.{{recently}}</summary>
                internal static async Task<NoContent> Delete{{table.Entity}}(
                    {{Parameters(table)}}, AppDb db, {{(owner is not null || isAccount ? "CurrentUser me, " : "")}}CancellationToken stop)
                {{{fresh}}
                    db.{{table.Set}}.Remove(await FindAsync({{Call(table, owner)}}));
                    await db.SaveChangesAsync(stop);

                    return TypedResults.NoContent();
                }
            """;
    }

    private static string Find(AdoptedTable table, AdoptedColumn? owner)
    {
        var parameters = string.Join(", ", table.Key.Select(column => $"{column.Type} {Name(table, column)}"));
        if (owner is null)
        {
            return $$"""
                    private static Task<{{table.Entity}}> FindAsync({{parameters}}, AppDb db, CancellationToken stop) =>
                        db.{{table.Set}}.FirstOr404Async(row => {{Condition(table)}}, {{NotFound(table)}}, stop);
                """;
        }

        // No account has the id 0.
        return $$"""
                private static async Task<{{table.Entity}}> FindAsync({{parameters}}, AppDb db, CurrentUser me, CancellationToken stop)
                {
                    var row = await db.{{table.Set}}.FirstOr404Async(row => {{Condition(table)}}, {{NotFound(table)}}, stop);
                    me.RequireOwnerOrAdmin(row.{{owner.Property}}{{(owner.IsNullable ? " ?? 0" : "")}});
                    return row;
                }
            """;
    }

    private static List<AdoptedColumn> Stamps(AdoptedTable table) => [.. new[] { table.Created, table.Updated }.OfType<AdoptedColumn>()];

    private static string Select(AdoptedTable table, bool isAccount) => $"{table.Entity}Response.{(isAccount ? "SeenBy(me)" : "FromRow")}";

    private static string Call(AdoptedTable table, AdoptedColumn? owner) =>
        $"{string.Join(", ", table.Key.Select(column => Name(table, column)))}, db, {(owner is null ? "" : "me, ")}stop";

    private static string Name(AdoptedTable table, AdoptedColumn column) => table.Key.Count == 1 ? "id" : AdoptedNames.Parameter(column.Member);

    private static string Parameters(AdoptedTable table) => table.Key.Count == 1 ? $"{table.Key[0].Type} id"
        : string.Join(", ", table.Key.Select(column => $"[FromRoute(Name = {CSharpText.Literal(Segment(column))})] {column.Type} {Name(table, column)}"));

    // A parameter of a route: a brace or a colon would end it.
    private static string Segment(AdoptedColumn column) =>
        string.Concat(column.Name.ToLowerInvariant().Select(letter => char.IsLetterOrDigit(letter) ? letter : '_'));

    private static string Route(AdoptedTable table) =>
        string.Concat(table.Key.Select(column => $"/{{{(table.Key.Count == 1 ? "id" : Segment(column))}{Constraint(column)}}}"));

    private static string Constraint(AdoptedColumn column) => column.Type switch
    {
        "int" or "short" => ":int",
        "long" => ":long",
        "Guid" => ":guid",
        _ => "",
    };

    private static string Condition(AdoptedTable table) => string.Join(" && ", table.Key.Select(column => $"row.{column.Property} == {Name(table, column)}"));

    private static string NotFound(AdoptedTable table) =>
        $"$\"{table.Entity} {string.Join("/", table.Key.Select(column => $"{{{Name(table, column)}}}"))} not found\"";
}
