using System.Data.Common;
using System.Linq.Expressions;
using System.Reflection;
using System.Text;

namespace Carafe.MySql.Storage;

/// <summary>Maps the JSON document of owned and complex types.</summary>
internal sealed class MySqlJsonTypeMapping : JsonTypeMapping
{
    private static readonly MethodInfo GetString = typeof(DbDataReader).GetMethod(nameof(DbDataReader.GetString), [typeof(int)])!;
    private static readonly ConstructorInfo Stream = typeof(MemoryStream).GetConstructor([typeof(byte[])])!;
    private static readonly MethodInfo GetBytes = typeof(Encoding).GetMethod(nameof(Encoding.GetBytes), [typeof(string)])!;

    public MySqlJsonTypeMapping(string storeType)
        : base(storeType, typeof(JsonTypePlaceholder), System.Data.DbType.String)
    {
    }

    private MySqlJsonTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    public override MethodInfo GetDataReaderMethod() => GetString;

    // Public methods only: the code of precompiled queries is in the app's assembly.
    public override Expression CustomizeDataReaderExpression(Expression expression) =>
        Expression.New(Stream, Expression.Call(Expression.Property(null, typeof(Encoding), nameof(Encoding.UTF8)), GetBytes, expression));

    protected override string GenerateNonNullSqlLiteral(object value) => MySqlLiterals.Text((string)value);

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new MySqlJsonTypeMapping(parameters);
}
