using System.Collections;
using System.Reflection;
using Carafe.Tests.Data.Migrations;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Data.Models;

/// <summary>Writes rows into every table of a model, and reads every value of them.</summary>
internal static class ModelRows
{
    private const int Count = 3;

    /// <summary>Gives rows to each entity that has none.</summary>
    public static Task FillAsync(CompiledModel model, string url, GeneratedModel world) => model.WithAsync(url, async db =>
    {
        var rows = new Dictionary<string, List<object>>();
        foreach (var entity in world.Entities.Where(entity => entity.HasRows))
        {
            var type = Type(db, entity.Name);
            if (!await Set(db, type).AnyAsync())
            {
                rows[entity.Name] = [.. Enumerable.Range(1, Count).Select(number => Make(world, entity, type, number))];
                db.AddRange(rows[entity.Name]);
            }
        }

        if (rows.TryGetValue("Student", out var students) && rows.TryGetValue("Course", out var courses))
        {
            ((IList)students[0].GetType().GetProperty("Courses")!.GetValue(students[0])!).Add(courses[1]);
        }

        await db.SaveChangesAsync();
        return 0;
    });

    /// <summary>Reads every value of every row: the entity, the row and the property, and what it holds.</summary>
    public static Task<Dictionary<(string Entity, string Row, string Property), object?>> ReadAsync(CompiledModel model, string url, GeneratedModel world) =>
        model.WithAsync(url, async db =>
        {
            var values = new Dictionary<(string, string, string), object?>();
            foreach (var entity in world.Entities.Where(entity => entity.HasRows))
            {
                var type = Type(db, entity.Name);
                foreach (var row in (await Set(db, type).AsNoTracking().ToListAsync()).Where(row => row.GetType() == type))
                {
                    var key = string.Join('/', db.Model.FindEntityType(type)!.FindPrimaryKey()!.Properties
                        .Select(property => ColumnKind.Show(type.GetProperty(property.Name)!.GetValue(row))));
                    Read(values, entity.Name, key, row);
                }
            }

            return values;
        });

    private static object Make(GeneratedModel world, GeneratedEntity entity, Type type, int number)
    {
        var row = Activator.CreateInstance(type)!;
        var place = number + (entity.Name switch { "Dog" or "Truck" or "Square" => 10, "Car" => 20, _ => 0 });
        foreach (var (name, value) in new (string, object)[]
        {
            ("Id", type.GetProperty("Id")?.PropertyType == typeof(Guid) ? new Guid(place, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7) : place), ("A", number), ("B", "b"),
            ("Code", new Guid(number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)), ("ParcelCode", new Guid(number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)),
            ("Name", $"n{number}"), ("Plate", $"p{number}"), ("Title", $"Title {number}"), ("Sum", number), ("Width", number), ("Height", 5),
            ("LeftId", number), ("Doors", number), ("Lives", 9 - number), ("Side", number + 0.5m), ("Radius", number / 4d),
        })
        {
            if (type.GetProperty(name) is { } property)
            {
                property.SetValue(row, value);
            }
        }

        if (entity.Name == "Node" && number > 1)
        {
            type.GetProperty("ParentId")!.SetValue(row, 1);
        }

        if (entity.Name == "Customer")
        {
            Set(world, row.GetType().GetProperty("Home")!.GetValue(row)!, "Address", number);
            Set(world, row.GetType().GetProperty("Profile")!.GetValue(row)!, "Profile", number);
            var lines = (IList)row.GetType().GetProperty("Lines")!.GetValue(row)!;
            var line = Activator.CreateInstance(lines.GetType().GetGenericArguments()[0])!;
            Set(world, line, "Line", number);
            lines.Add(line);
        }

        for (var known = entity; known is not null; known = world.Entities.FirstOrDefault(other => other.Name == known.Base))
        {
            Set(world, row, known.Name, number);
        }

        return row;
    }

    private static void Set(GeneratedModel world, object row, string entity, int number)
    {
        foreach (var column in world.Entities.Single(known => known.Name == entity).Columns)
        {
            var property = row.GetType().GetProperty(column.Name)!;
            if (column.Target is not null || (!column.IsRequired && number == Count))
            {
                continue;
            }

            var values = column.Kind.Values.Where(value => value is not (double.NaN or float.NaN)
                && (entity is not ("Profile" or "Line") || value is not double real || double.IsFinite(real))).ToList();
            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            property.SetValue(row, ColumnKind.ToModel(values[(number + column.Name.Length) % values.Count], type));
        }
    }

    private static void Read(Dictionary<(string, string, string), object?> values, string entity, string key, object row)
    {
        foreach (var property in row.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            var value = property.GetValue(row);
            if (value is null || value.GetType().Namespace != "Lab" || value is Enum)
            {
                if (value is IList { Count: > 0 } list && list[0]!.GetType() is { Namespace: "Lab", IsEnum: false })
                {
                    for (var i = 0; i < list.Count; i++)
                    {
                        Read(values, list[i]!.GetType().Name, $"{key}.{i}", list[i]!);
                    }
                }
                else if (value is not IList || value is byte[] || !IsOurs(value.GetType()))
                {
                    // A property of a base belongs to the class that declares it.
                    values.Add((property.DeclaringType!.Name, $"{entity} {key}", property.Name), value);
                }
            }
            else
            {
                Read(values, value.GetType().Name, key, value);
            }
        }
    }

    private static bool IsOurs(Type list) => list.IsGenericType && list.GetGenericArguments()[0] is { Namespace: "Lab", IsEnum: false };

    private static Type Type(DbContext db, string name) => db.Model.GetEntityTypes().Single(type => type.ClrType.Name == name && !type.IsOwned()).ClrType;

    private static IQueryable<object> Set(DbContext db, Type type) =>
        (IQueryable<object>)typeof(DbContext).GetMethod(nameof(DbContext.Set), [])!.MakeGenericMethod(type).Invoke(db, null)!;
}
