using Microsoft.EntityFrameworkCore.Query;

namespace Carafe.MySql.Query.Translators;

/// <summary>Lists the translators of methods.</summary>
internal sealed class MySqlMethodCallTranslatorProvider : RelationalMethodCallTranslatorProvider
{
    public MySqlMethodCallTranslatorProvider(RelationalMethodCallTranslatorProviderDependencies dependencies)
        : base(dependencies)
    {
        var functions = new MySqlFunctions(dependencies.SqlExpressionFactory, dependencies.RelationalTypeMappingSource);
        AddTranslators(
        [
            new MySqlStringMethodTranslator(functions),
            new MySqlMathTranslator(functions),
            new MySqlDateTimeMethodTranslator(functions),
            new MySqlObjectMethodTranslator(functions),
            new MySqlByteArrayMethodTranslator(functions),
        ]);
    }
}

/// <summary>Lists the translators of properties.</summary>
internal sealed class MySqlMemberTranslatorProvider : RelationalMemberTranslatorProvider
{
    public MySqlMemberTranslatorProvider(RelationalMemberTranslatorProviderDependencies dependencies, IRelationalTypeMappingSource types)
        : base(dependencies)
    {
        var functions = new MySqlFunctions(dependencies.SqlExpressionFactory, types);
        AddTranslators([new MySqlMemberTranslator(functions), new MySqlDateTimeMemberTranslator(functions)]);
    }
}
