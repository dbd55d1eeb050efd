using System.Data.Common;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Data.Providers;

/// <summary>Describes a column whose rows move: how one database stores a value of the model, and reads it.</summary>
internal sealed class TransferColumn
{
    private static readonly MethodInfo Typed = typeof(TransferColumn).GetMethod(nameof(ReadTyped), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly RelationalTypeMapping _mapping;
    private readonly Func<DbDataReader, int, object> _read;

    public TransferColumn(IColumn column)
    {
        Name = column.Name;
        IsJson = column.PropertyMappings is [] || !column.PropertyMappings.Any();
        _mapping = IsJson ? column.StoreTypeMapping : column.PropertyMappings[0].TypeMapping;
        var property = IsJson ? null : column.PropertyMappings[0].Property;
        var type = property is null ? typeof(string) : Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
        ModelType = type;
        var stored = IsJson ? typeof(string) : _mapping.Converter?.ProviderClrType ?? _mapping.ClrType;
        stored = Nullable.GetUnderlyingType(stored) ?? stored;
        _read = Typed.MakeGenericMethod(stored.IsEnum ? Enum.GetUnderlyingType(stored) : stored).CreateDelegate<Func<DbDataReader, int, object>>();
        IsGenerated = property is { ValueGenerated: ValueGenerated.OnAdd } && Type.GetTypeCode(type) is >= TypeCode.Int16 and <= TypeCode.UInt64
            && column.Table.PrimaryKey?.Columns is [var key] && key == column;
    }

    public string Name { get; }

    public Type ModelType { get; }

    /// <summary>Gets whether the column holds a JSON document of several properties.</summary>
    public bool IsJson { get; }

    /// <summary>Gets whether the database generates the column's values.</summary>
    public bool IsGenerated { get; }

    /// <summary>Gets the type without its length and precision.</summary>
    public string StoreType => _mapping.StoreTypeNameBase;

    /// <summary>Reads a value as the model has it.</summary>
    public object? Read(DbDataReader reader, int ordinal)
    {
        if (reader.IsDBNull(ordinal))
        {
            return null;
        }

        var value = _read(reader, ordinal);
        return IsJson || _mapping.Converter is not { } converter ? ModelType.IsEnum && value.GetType() != ModelType ? Enum.ToObject(ModelType, value) : value
            : converter.ConvertFromProvider(value);
    }

    /// <summary>Returns what the database stores for a value of the model; null for none.</summary>
    public object? Store(object? value)
    {
        var stored = value is null || IsJson || _mapping.Converter is not { } converter ? value : converter.ConvertToProvider(value);
        return stored is Enum number ? Convert.ChangeType(number, Enum.GetUnderlyingType(number.GetType()), null) : stored;
    }

    private static object ReadTyped<T>(DbDataReader reader, int ordinal) => reader.GetFieldValue<T>(ordinal)!;
}

/// <summary>Describes a table whose rows move.</summary>
internal sealed record TransferTable(string Name, string? Schema, IReadOnlyList<TransferColumn> Columns)
{
    /// <summary>Lists the tables of a context's model.</summary>
    public static IReadOnlyList<TransferTable> Of(DbContext context) =>
    [
        .. context.GetService<IDesignTimeModel>().Model.GetRelationalModel().Tables.Where(table => !table.IsExcludedFromMigrations)
            .OrderBy(table => table.Name, StringComparer.Ordinal)
            .Select(table =>
                new TransferTable(table.Name, table.Schema,
                    [.. table.Columns.Where(column => column.ComputedColumnSql is null).OrderBy(column => column.Name, StringComparer.Ordinal)
                        .Select(column => new TransferColumn(column))])),
    ];

    public string Select(ISqlGenerationHelper sql) =>
        $"SELECT {string.Join(", ", Columns.Select(column => sql.DelimitIdentifier(column.Name)))} FROM {sql.DelimitIdentifier(Name, Schema)}";
}
