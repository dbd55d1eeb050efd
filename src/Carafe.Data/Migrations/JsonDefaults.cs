using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Carafe.Data.Migrations;

/// <summary>Makes the document for rows that existed before a required JSON column: its required members have the zero of their types.</summary>
internal static class JsonDefaults
{
    public static string Of(IColumn column)
    {
        foreach (var entity in column.Table.Model.Model.GetEntityTypes())
        {
            if (entity.IsMappedToJson() && entity.GetContainerColumnName() == column.Name && entity.FindOwnership() is { } ownership
                && !ownership.PrincipalEntityType.IsMappedToJson()
                && ownership.PrincipalEntityType.GetTableName() == column.Table.Name)
            {
                return ownership.IsUnique ? Document(entity).ToJsonString() : "[]";
            }

            if (entity.GetTableName() == column.Table.Name && entity.GetComplexProperties()
                .FirstOrDefault(complex => complex.ComplexType.GetContainerColumnName() == column.Name) is { } found)
            {
                return found.IsCollection ? "[]" : Document(found.ComplexType).ToJsonString();
            }
        }

        return "{}";
    }

    private static JsonObject Document(ITypeBase type)
    {
        var document = new JsonObject();
        foreach (var property in type.GetProperties().Where(property => !property.IsNullable && property.GetJsonPropertyName() is { Length: > 0 }))
        {
            if (Value(property) is { } value)
            {
                document[property.GetJsonPropertyName()!] = value;
            }
        }

        foreach (var complex in type.GetComplexProperties().Where(complex => !complex.IsNullable))
        {
            document[complex.ComplexType.GetJsonPropertyName() ?? complex.Name] = complex.IsCollection ? new JsonArray() : Document(complex.ComplexType);
        }

        if (type is IEntityType entity)
        {
            foreach (var navigation in entity.GetNavigations()
                .Where(navigation => navigation.TargetEntityType.IsOwned() && !navigation.IsOnDependent
                    && (navigation.IsCollection || navigation.ForeignKey.IsRequiredDependent)))
            {
                document[navigation.TargetEntityType.GetJsonPropertyName() ?? navigation.Name] = navigation.IsCollection ? new JsonArray()
                    : Document(navigation.TargetEntityType);
            }
        }

        return document;
    }

    private static JsonNode? Value(IProperty property) =>
        ColumnDefaults.Zero(Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType) is { } zero
            && (property.GetJsonValueReaderWriter() ?? property.FindTypeMapping()?.JsonValueReaderWriter) is { } writer
            ? JsonNode.Parse(writer.ToJsonString(zero))
            : null;
}
