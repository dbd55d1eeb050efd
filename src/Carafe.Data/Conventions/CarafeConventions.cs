using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Carafe.Data.Conventions;

/// <summary>Gives the model its times in UTC, its concurrency tokens and its newest-first indexes, with nothing to wire in the context.</summary>
internal sealed class CarafeConventions(IDatabaseProvider provider) : IConventionSetPlugin
{
    public ConventionSet ModifyConventions(ConventionSet conventionSet)
    {
        conventionSet.ModelInitializedConventions.Add(new Names());
        conventionSet.ModelFinalizingConventions.Add(new Finish(SortsInstants: provider.Name != "Microsoft.EntityFrameworkCore.Sqlite"));
        return conventionSet;
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
        private static readonly ValueConverter<DateTimeOffset, DateTime> Text = new(time => time.UtcDateTime, time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)));
        private static readonly ValueConverter<DateTimeOffset, DateTimeOffset> Utc = new(time => time.ToUniversalTime(), time => time);
        private static readonly ValueConverter<DateTime, DateTime> UtcKind = new(
            time => time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc), time => DateTime.SpecifyKind(time, DateTimeKind.Utc));

        public void ProcessModelFinalizing(IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
        {
            foreach (var entity in modelBuilder.Metadata.GetEntityTypes())
            {
                foreach (var property in Properties(entity))
                {
                    var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
                    ValueConverter? converter = type == typeof(DateTimeOffset) ? SortsInstants ? Utc : Text : type == typeof(DateTime) ? UtcKind : null;
                    if (converter is not null)
                    {
                        property.Builder.HasConversion(converter);
                    }
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
