using System.Globalization;
using Carafe.Tests.Data.Migrations;

namespace Carafe.Tests.Data.Models;

/// <summary>A column that a walk adds, changes and drops.</summary>
internal sealed record GeneratedColumn(string Name, ColumnKind Kind, bool IsRequired, string? Target = null);

/// <summary>An entity: what of it stays, and the columns that come and go.</summary>
internal sealed record GeneratedEntity(string Name, string Fixed, string Modelling = "", string Base = "")
{
    public IReadOnlyList<GeneratedColumn> Columns { get; init; } = [];

    /// <summary>Indexes, checks and computed columns: what is called on the entity, and the members for it.</summary>
    public IReadOnlyList<(string Name, string Call, string Member)> Extras { get; init; } = [];

    public bool IsPlain { get; init; }

    /// <summary>Whether it has a table and rows of its own.</summary>
    public bool HasRows => Modelling != "-" && !Fixed.StartsWith("abstract ", StringComparison.Ordinal);

    /// <summary>Returns whether the entity can have a column of a kind.</summary>
    public bool Takes(ColumnKind kind) => Name switch
    {
        "Profile" or "Line" => GeneratedModel.TakesJson(kind),
        "Address" => kind.Modelling.Length == 0 && kind.Name is not ("Numbers" or "Words"),
        _ => true,
    };
}

/// <summary>A model with whatever a model can be made of, as text that is compiled.</summary>
internal sealed record GeneratedModel(IReadOnlyList<GeneratedEntity> Entities)
{
    private const string Id = "public int Id { get; set; } ";

    private static readonly string[] InJson = ["Int", "Text", "Bool", "Long", "Double", "Guid", "Decimal"];

    /// <summary>
    /// The first version: inheritance of three kinds, owned and JSON types, references to itself and around, keys of all kinds, plain tables.
    /// </summary>
    public static GeneratedModel First(Random random)
    {
        GeneratedEntity[] furniture =
        [
            new("Animal", "abstract " + Id + "public string Name { get; set; } = \"\";"),
            new("Cat", "public int Lives { get; set; }", Base: "Animal"),
            new("Dog", "public string? Trick { get; set; }", Base: "Animal"),
            new("Vehicle", Id + "public string Plate { get; set; } = \"\";", "row.UseTptMappingStrategy();"),
            new("Car", "public int Doors { get; set; }", Base: "Vehicle"),
            new("Truck", "public double Load { get; set; }", Base: "Vehicle"),
            new("Shape", "abstract public Guid Id { get; set; } public string? Label { get; set; }", "row.UseTpcMappingStrategy();"),
            new("Circle", "public double Radius { get; set; }", Base: "Shape"),
            new("Square", "public decimal Side { get; set; }", Base: "Shape"),
            new("Address", "public string City { get; set; } = \"\";", "-"),
            new("Profile", "public string Motto { get; set; } = \"\"; public int? Age { get; set; }", "-"),
            new("Line", "public string Text { get; set; } = \"\";", "-"),
            new("Customer",
                Id + "public Address Home { get; set; } = new(); public Profile Profile { get; set; } = new(); public List<Line> Lines { get; set; } = [];",
                "row.OwnsOne(x => x.Home); row.OwnsOne(x => x.Profile, part => part.ToJson()); row.OwnsMany(x => x.Lines, part => part.ToJson());"),
            new("Node", Id + "public int? ParentId { get; set; }", "row.HasOne<Node>().WithMany().HasForeignKey(x => x.ParentId);"),
            new("Left", Id + "public int? RightId { get; set; }", "row.HasOne<Right>().WithMany().HasForeignKey(x => x.RightId);"),
            new("Right", Id + "public int? LeftId { get; set; }",
                "row.HasOne<Left>().WithMany().HasForeignKey(x => x.LeftId).OnDelete(DeleteBehavior.Cascade);"),
            new("Box", Id + "public int Width { get; set; } public int Height { get; set; } public int Area { get; private set; }",
                "row.Property(x => x.Area).HasComputedColumnSql(\"width * height\", stored: true);"),
            new("Student", Id + "public List<Course> Courses { get; set; } = [];"),
            new("Course", Id + "public List<Student> Students { get; set; } = [];"),
            new("Parcel", Id + "public Guid Code { get; set; }", "row.HasAlternateKey(x => x.Code);"),
            new("Stop", Id + "public Guid ParcelCode { get; set; }",
                "row.HasOne<Parcel>().WithMany().HasForeignKey(x => x.ParcelCode).HasPrincipalKey(x => x.Code);"),
            new("Ledger", Id + "public string Title { get; set; } = \"\"; public int Sum { get; set; }",
                "row.HasIndex(x => x.Sum).HasFilter(\"sum > 1\"); row.ToTable(t => t.HasCheckConstraint(\"ck_ledger_sum\", \"sum >= 0\"));"),
            new("Pairing", "public int A { get; set; } public string B { get; set; } = \"\";", "row.HasKey(x => new { x.A, x.B });"),
        ];
        var plain = Enumerable.Range(1, 4).Select(number => new GeneratedEntity($"Plain{number}", Id) { IsPlain = true });
        var world = new GeneratedModel([.. furniture, .. plain]);
        var kinds = ColumnKind.All.Concat(ColumnKind.All).ToArray();
        random.Shuffle(kinds);
        for (var i = 0; i < kinds.Length; i++)
        {
            var homes = world.Entities.Where(entity => entity.Takes(kinds[i])).ToList();
            var home = homes[random.Next(homes.Count)];
            var column = new GeneratedColumn($"C{i.ToString(CultureInfo.InvariantCulture)}", kinds[i], IsRequired: i % 2 == 0);
            world = world.With(home.Name, entity => entity with { Columns = [.. entity.Columns, column] });
        }

        return world;
    }

    public GeneratedModel With(string entity, Func<GeneratedEntity, GeneratedEntity> change) =>
        new([.. Entities.Select(known => known.Name == entity ? change(known) : known)]);

    public string Source => Lab.Source($"{ColumnKind.Enum}\n{string.Concat(Entities.Select(Class))}", string.Concat(Entities.Select(Modelling)));

    private static string Class(GeneratedEntity entity)
    {
        var kind = entity.Fixed.StartsWith("abstract ", StringComparison.Ordinal) ? "abstract " : "";
        return $"public {kind}class {entity.Name}{(entity.Base.Length > 0 ? $" : {entity.Base}" : "")} {{ {entity.Fixed[kind.Length..]} "
            + $"{string.Concat(entity.Columns.Select(Member))}{string.Concat(entity.Extras.Select(extra => extra.Member))} }}\n";
    }

    private static string Member(GeneratedColumn column)
    {
        var clr = column.Target is null ? column.Kind.Clr : "int";
        var start = !column.IsRequired ? "" : column.Kind.Name switch
        {
            "Text" or "Short10" => " = \"\";",
            "Bytes" or "Numbers" or "Words" => " = [];",
            "Address" or "Link" => " = null!;",
            _ => "",
        };
        return $"public {clr}{(column.IsRequired ? "" : "?")} {column.Name} {{ get; set; }}{start} ";
    }

    private static string Modelling(GeneratedEntity entity) => entity.Modelling == "-" ? "" :
        $"model.Entity<{entity.Name}>(row => {{ {entity.Modelling} "
        + string.Concat(entity.Columns.Where(column => column.Target is null && column.Kind.Modelling.Length > 0)
            .Select(column => $"row.Property(x => x.{column.Name}).{column.Kind.Modelling}; "))
        + string.Concat(entity.Columns.Where(column => column.Target is not null)
            .Select(column => $"row.HasOne<{column.Target}>().WithMany().HasForeignKey(x => x.{column.Name}); "))
        + $"{string.Concat(entity.Extras.Select(extra => extra.Call))} }});\n";

    public static bool TakesJson(ColumnKind kind) => InJson.Contains(kind.Name);
}
