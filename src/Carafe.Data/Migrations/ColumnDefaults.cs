using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Carafe.Data.Conventions;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Carafe.Data.Migrations;

/// <summary>
/// Gives the rows that are there already a value in a new, required column, as the model stores and reads it. EF takes the zero of the stored type:
/// an empty text where an enum is kept as
/// text, nothing at all for a list, and an instant in another form than the kit's.
/// </summary>
internal static class ColumnDefaults
{
    /// <summary>Completes the operations of a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="context">The context whose database the values are for; null for a file, which holds for all.</param>
    public static void Complete(StepContent step, DbContext? context = null)
    {
        var database = context?.GetService<IDbContextOptions>().FindExtension<ConventionsExtension>()?.Database;
        foreach (var column in step.Operations.SelectMany(Columns))
        {
            Complete(column, step.After(column));
            column.DefaultValue = column.DefaultValue is { } value && database is not null ? database.Store(value) : column.DefaultValue;
        }

        foreach (var data in step.Operations)
        {
            Convert(data, step, database);
        }
    }

    /// <summary>Completes one column of a migration.</summary>
    public static void Complete(ColumnOperation operation, IColumn? column)
    {
        if (column is null || operation.ComputedColumnSql is not null)
        {
            return;
        }

        if (!column.PropertyMappings.Any())
        {
            // EF's default for a document is an empty one, in which everything that is required is missing.
            operation.DefaultValue = operation.DefaultValue is "{}" ? JsonDefaults.Of(column) : operation.DefaultValue;
            return;
        }

        var property = column.PropertyMappings[0].Property;
        if (operation.DefaultValue is { } value)
        {
            operation.DefaultValue = Stored(property, value);
        }
        else if (operation is AddColumnOperation { DefaultValueSql: null } && !GeneratedKey.Is(operation)
            && (!operation.IsNullable || IsOfDerivedType(property, column)))
        {
            operation.DefaultValue = Initial(property);
        }
    }

    /// <summary>
    /// Returns what a required property holds in rows that existed before it, as it is stored; null where nothing is known that could be read back.
    /// </summary>
    public static object? Initial(IProperty property)
    {
        var mapping = property.FindTypeMapping();
        var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
        if (Zero(type) is { } zero && TryStore(mapping?.Converter, zero, out var stored))
        {
            return stored;
        }

        return mapping?.Converter is { } converter && Zero(converter.ProviderClrType) is { } provided && TryRead(converter, provided) ? provided : null;
    }

    // A required column of a derived type that shares the table of its base is nullable for the rows of the other types only.
    private static bool IsOfDerivedType(IProperty property, IColumn column) =>
        !property.IsNullable && property.DeclaringType is IEntityType { BaseType: not null } derived && !derived.IsOwned()
        && derived.BaseType.GetTableMappings().Any(mapping => mapping.Table == column.Table);

    // A table that a step makes has no rows: its defaults are the model's.
    private static IEnumerable<ColumnOperation> Columns(MigrationOperation operation) => operation switch
    {
        CreateTableOperation table => table.Columns.Where(column => column.DefaultValue is not null),
        ColumnOperation column => [column],
        _ => [],
    };

    private static object Stored(IProperty property, object value)
    {
        var converter = property.FindTypeMapping()?.Converter;
        if ((Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType) is { IsEnum: true } known && IsForeign(known, value))
        {
            return Initial(property) ?? value;
        }

        return converter is not null && converter.ModelClrType != converter.ProviderClrType
            && (Nullable.GetUnderlyingType(converter.ModelClrType) ?? converter.ModelClrType).IsInstanceOfType(value)
            ? converter.ConvertToProvider(value) ?? value
            : value;
    }

    private static void Convert(MigrationOperation operation, StepContent step, Database? database)
    {
        switch (operation)
        {
            case InsertDataOperation insert:
                Convert(insert.Table, insert.Schema, insert.Columns, insert.Values);
                break;
            case UpdateDataOperation update:
                Convert(update.Table, update.Schema, update.KeyColumns, update.KeyValues);
                Convert(update.Table, update.Schema, update.Columns, update.Values);
                break;
            case DeleteDataOperation delete:
                Convert(delete.Table, delete.Schema, delete.KeyColumns, delete.KeyValues);
                break;
        }

        void Convert(string table, string? schema, string[] columns, object?[,] values)
        {
            for (var column = 0; column < columns.Length; column++)
            {
                var property = step.After(table, columns[column], schema) is { PropertyMappings: [var mapping, ..] } ? mapping.Property : null;
                for (var row = 0; row < values.GetLength(0); row++)
                {
                    var value = values[row, column] is { } given && property is not null ? Stored(property, given) : values[row, column];
                    values[row, column] = value is not null && database is not null ? database.Store(value) : value;
                }
            }
        }
    }

    /// <summary>Returns the zero of a type; null where there is none.</summary>
    public static object? Zero(Type type) => type switch
    {
        _ when type == typeof(string) => "",
        { IsEnum: true } => Enum.IsDefined(type, Enum.ToObject(type, 0)) ? Enum.ToObject(type, 0) : Enum.GetValues(type) is { Length: > 0 } all
            ? all.GetValue(0) : Enum.ToObject(type, 0),
        { IsArray: true } => Array.CreateInstance(type.GetElementType()!, 0),
        { IsValueType: true } => Activator.CreateInstance(type),
        { IsGenericType: true } when type.IsAssignableFrom(typeof(List<>).MakeGenericType(type.GetGenericArguments()[0])) =>
            Activator.CreateInstance(typeof(List<>).MakeGenericType(type.GetGenericArguments()[0])),
        _ => null,
    };

    private static bool IsForeign(Type type, object value) => value switch
    {
        string text => !Enum.TryParse(type, text, out _),
        _ when Type.GetTypeCode(value.GetType()) is >= TypeCode.SByte and <= TypeCode.UInt64 => value is not Enum
            && !Enum.IsDefined(type, Enum.ToObject(type, value)) && type.GetCustomAttribute<FlagsAttribute>() is null,
        _ => false,
    };

    // The app's converters are anybody's code, and an empty value of the app's types may be more than they take.
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a converter throws means that it cannot store the value.")]
    private static bool TryStore(ValueConverter? converter, object value, [NotNullWhen(true)] out object? stored)
    {
        try
        {
            stored = converter is null ? value : converter.ConvertToProvider(value);
            return stored is not null;
        }
        catch (Exception)
        {
            stored = null;
            return false;
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a converter throws means that it cannot read the value.")]
    private static bool TryRead(ValueConverter converter, object value)
    {
        try
        {
            return converter.ConvertFromProvider(value) is not null;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
