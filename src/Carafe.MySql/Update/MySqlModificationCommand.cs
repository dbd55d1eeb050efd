using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Update;
using static Carafe.MySql.Storage.MySqlTypes;

namespace Carafe.MySql.Update;

/// <summary>Describes the change of one row. The server knows no booleans: one of a JSON document is written as its JSON.</summary>
internal sealed class MySqlModificationCommand : ModificationCommand
{
    public MySqlModificationCommand(in ModificationCommandParameters modificationCommandParameters)
        : base(modificationCommandParameters)
    {
    }

    public MySqlModificationCommand(in NonTrackedModificationCommandParameters modificationCommandParameters)
        : base(modificationCommandParameters)
    {
    }

    public static bool IsBoolean(IReadOnlyProperty property)
    {
        var type = property.FindTypeMapping()?.Converter?.ProviderClrType ?? property.ClrType;
        return Unwrap(type) == typeof(bool);
    }

    protected override void ProcessSinglePropertyJsonUpdate(ref ColumnModificationParameters parameters)
    {
        if (parameters.Property is { } property && IsBoolean(property))
        {
            var value = property.GetTypeMapping().Converter is { } converter ? converter.ConvertToProvider(parameters.Value) : parameters.Value;
            parameters = parameters with { Value = value switch { true => "true", false => "false", _ => "null" } };
            return;
        }

        base.ProcessSinglePropertyJsonUpdate(ref parameters);
    }
}

/// <summary>Creates <see cref="MySqlModificationCommand"/>s.</summary>
internal sealed class MySqlModificationCommandFactory : IModificationCommandFactory
{
    public IModificationCommand CreateModificationCommand(in ModificationCommandParameters modificationCommandParameters) =>
        new MySqlModificationCommand(modificationCommandParameters);

    public INonTrackedModificationCommand CreateNonTrackedModificationCommand(
        in NonTrackedModificationCommandParameters modificationCommandParameters) => new MySqlModificationCommand(modificationCommandParameters);
}
