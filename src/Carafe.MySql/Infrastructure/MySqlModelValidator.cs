using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Carafe.MySql.Infrastructure;

/// <summary>Refuses models that the server cannot keep.</summary>
internal sealed class MySqlModelValidator(ModelValidatorDependencies dependencies, RelationalModelValidatorDependencies relationalDependencies)
    : RelationalModelValidator(dependencies, relationalDependencies)
{
    public override void Validate(IModel model, IDiagnosticsLogger<DbLoggerCategory.Model.Validation> logger)
    {
        base.Validate(model, logger);
        var names = model.GetEntityTypes().SelectMany(type => new[] { (Name: type.GetTableName(), Schema: type.GetSchema()),
            (Name: type.GetViewName(), Schema: type.GetViewSchema()) }).Where(table => table.Name is not null).Distinct();
        if (names.GroupBy(table => table.Name).FirstOrDefault(tables => tables.Count() > 1) is { } same)
        {
            var schemas = string.Join(" and ", same.Select(table => $"'{table.Schema ?? "(none)"}'").Order(StringComparer.Ordinal));
            throw new InvalidOperationException(
                $"The model has {same.Key} in the schemas {schemas}: MySQL and MariaDB have one schema in a database, so they would be one table. "
                + "Give them names of their own.");
        }
    }
}
