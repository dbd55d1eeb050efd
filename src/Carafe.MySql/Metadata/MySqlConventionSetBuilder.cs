using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;

namespace Carafe.MySql.Metadata;

/// <summary>Adds what the server needs to EF Core's conventions: its names have 64 characters at most.</summary>
internal sealed class MySqlConventionSetBuilder(
    ProviderConventionSetBuilderDependencies dependencies, RelationalConventionSetBuilderDependencies relationalDependencies)
    : RelationalConventionSetBuilder(dependencies, relationalDependencies)
{
    private const int LongestName = 64;

    public override ConventionSet CreateConventionSet()
    {
        var conventions = base.CreateConventionSet();
        conventions.Add(new RelationalMaxIdentifierLengthConvention(LongestName, Dependencies, RelationalDependencies));
        return conventions;
    }
}
