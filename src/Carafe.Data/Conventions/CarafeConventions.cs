using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Carafe.Data.Conventions;

/// <summary>Gives the model its UTC times, concurrency tokens and newest-first indexes, without a line in the context.</summary>
internal sealed class CarafeConventions(IDatabaseProvider provider) : IConventionSetPlugin
{
    public ConventionSet ModifyConventions(ConventionSet conventionSet)
    {
        conventionSet.ModelInitializedConventions.Add(new Names());
        conventionSet.ModelFinalizingConventions.Add(new Finish(SortsInstants: provider.Name != "Microsoft.EntityFrameworkCore.Sqlite"));
        return conventionSet;
    }

    /// <summary>
    /// Gives the model of a migration the converters of instants on SQLite. It knows types and no converters, and would take another text for another
    /// value.
    /// </summary>
    public static void ConvertInstants(IModel model, string provider)
    {
        if (provider != "Microsoft.EntityFrameworkCore.Sqlite" || model is not (IMutableModel mutable and AnnotatableBase { IsReadOnly: false }))
        {
            return;
        }

        foreach (var property in mutable.GetEntityTypes().SelectMany(Properties)
            .Where(property => (Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType) == typeof(DateTimeOffset)
                && property.GetValueConverter() is null))
        {
            property.SetValueConverter(Finish.Text);
        }

        static IEnumerable<IMutableProperty> Properties(IMutableTypeBase type) => type.GetDeclaredProperties()
            .Concat(type.GetDeclaredComplexProperties().SelectMany(complex => Properties(complex.ComplexType)));
    }

    private sealed class Names : IModelInitializedConvention
    {
        // PostgreSQL cuts names at 63 bytes. Cut everywhere alike, they are the same on every database, and one migration serves all.
        public void ProcessModelInitialized(IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context) =>
            modelBuilder.HasMaxIdentifierLength(63);
    }

    private sealed record Finish(bool SortsInstants) : IModelFinalizingConvention
    {
        // SQLite has no type for an instant with an offset: EF stores text that does not sort. UTC as text does, and the types sort in C# as well.
        public static readonly ValueConverter<DateTimeOffset,
            DateTime> Text = new(time => time.UtcDateTime, time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)));
        private static readonly ValueConverter<DateTimeOffset, DateTimeOffset> Utc = new(time => time.ToUniversalTime(), time => time);
        private static readonly ValueConverter<DateTime, DateTime> UtcKind = new(
            time => time.Kind == DateTimeKind.Local ? time.ToUniversalTime()
                : DateTime.SpecifyKind(time, DateTimeKind.Utc), time => DateTime.SpecifyKind(time, DateTimeKind.Utc));

        // No database here has a whole number of that size. SQLite would wrap it to a negative one, which sorts first.
        private static readonly ValueConverter<ulong, decimal> Large = new(number => number, number => (ulong)number);

        public void ProcessModelFinalizing(IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
        {
            modelBuilder.HasAnnotation(ModelTypes.Mark, 1);
            foreach (var entity in modelBuilder.Metadata.GetEntityTypes())
            {
                foreach (var property in Properties(entity))
                {
                    ModelTypes.Note(property);
                    Convert(property);
                }

                if (typeof(IVersioned).IsAssignableFrom(entity.ClrType))
                {
                    entity.FindProperty(nameof(IVersioned.Version))?.Builder.IsConcurrencyToken(true);
                }
            }

            foreach (var entity in modelBuilder.Metadata.GetEntityTypes().Where(entity => typeof(ICreated).IsAssignableFrom(entity.ClrType)))
            {
                IndexNewestFirst(entity);
            }
        }

        // A property with a type or a converter of its own is the app's business, but for instants on SQLite: whatever their column is called, EF's
        // form of them does not sort.
        private void Convert(IConventionProperty property)
        {
            var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
            var hasType = property.FindAnnotation(RelationalAnnotationNames.ColumnType) is not null;
            if (property.GetValueConverter() is not null || property.FindAnnotation("ValueConverterType") is not null
                || (hasType && (type != typeof(DateTimeOffset) || SortsInstants)))
            {
                return;
            }

            if (type == typeof(ulong))
            {
                property.Builder.HasConversion(Large);
                property.Builder.HasPrecision(20);
            }
            else if (type == typeof(DateTimeOffset))
            {
                property.Builder.HasConversion(SortsInstants ? Utc : Text);
            }
            else if (type == typeof(DateTime))
            {
                property.Builder.HasConversion(UtcKind);
            }
        }

        private static IEnumerable<IConventionProperty> Properties(IConventionTypeBase type) =>
            type.GetDeclaredProperties().Concat(type.GetDeclaredComplexProperties().SelectMany(complex => Properties(complex.ComplexType)));

        private static void IndexNewestFirst(IConventionEntityType entity)
        {
            var key = entity.FindPrimaryKey();
            var created = entity.FindDeclaredProperty(nameof(ICreated.CreatedAt));
            if (key is not null && created is not null && !entity.GetIndexes().Any(index => index.Properties[0] == created))
            {
                entity.Builder.HasIndex([created, .. key.Properties]);
            }
        }
    }
}
