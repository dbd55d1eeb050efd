using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using ValueType = Carafe.Data.Providers.ValueType;

namespace Carafe.Data.Conventions;

/// <summary>
/// What a column's type in the database does not tell: that a number is narrower than its column, and which names an enum has that is kept as text. The
/// snapshot of the migrations notes it, so that a change of it is seen, and the rows that the new type cannot read are found before it reads them.
/// </summary>
internal static class ModelTypes
{
    /// <summary>Marks a model that has the notes. Snapshots from before there were any say nothing by having none.</summary>
    public const string Mark = "Carafe:Types";

    /// <summary>Notes what there is to note of a property.</summary>
    public static void Note(IConventionProperty property)
    {
        var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
        if (type.IsEnum && property.GetValueConverter() is null && property.GetProviderClrType() == typeof(string))
        {
            property.Builder.HasAnnotation(ValueChange.Annotation, string.Join(';', Enum.GetNames(type).Order(StringComparer.Ordinal)));
        }
        else if (property.GetValueConverter() is null
            && Type.GetTypeCode(type) is TypeCode.Byte or TypeCode.SByte or TypeCode.UInt16 or TypeCode.UInt32 && !type.IsEnum)
        {
            property.Builder.HasAnnotation(ValueChange.NumberAnnotation, type.Name);
        }
    }

    /// <summary>Returns the type of a whole number that is narrower than its column; null where it is none.</summary>
    public static string? Number(IColumn? column) =>
        column?.PropertyMappings is [var mapping, ..] ? mapping.Property[ValueChange.NumberAnnotation] as string : null;

    /// <summary>Returns the names of an enum that is kept as text; null where the column holds none.</summary>
    public static string? Names(IColumn? column) => column?.PropertyMappings is [var mapping, ..] ? mapping.Property[ValueChange.Annotation] as string : null;

    /// <summary>Returns whether the new column reads fewer values than the old one though the database stores both alike.</summary>
    public static bool IsNarrower(IColumn old, IColumn recent)
    {
        if (!IsNoted(old) || !IsNoted(recent))
        {
            return false;
        }

        if (Names(recent) is { } names)
        {
            return Names(old) is not { } known || known.Split(';').Except(names.Split(';')).Any();
        }

        return Number(recent) is { } number && Number(old) != number && Range(old) is var (least, most) && Range(recent) is var (newLeast, newMost)
            && (least < newLeast || most > newMost);
    }

    private static bool IsNoted(IColumn column) => column.Table.Model.Model.FindAnnotation(Mark) is not null;

    private static (System.Numerics.BigInteger Least, System.Numerics.BigInteger Most)? Range(IColumn column) =>
        Number(column) is { } number && Type.GetType($"System.{number}") is { } narrow ? new ValueType(narrow, null, null, null).Range
        : ValueType.Of(column) is { Kind: ValueKind.Integer } type ? type.Range
        : null;
}
