using System.Data.Common;
using System.Linq.Expressions;
using System.Reflection;
using System.Text;

namespace Carafe.MySql.Storage;

/// <summary>Maps the JSON document of owned and complex types.</summary>
internal sealed class MySqlJsonTypeMapping : JsonTypeMapping
{
    private static readonly MethodInfo GetString = typeof(DbDataReader).GetMethod(nameof(DbDataReader.GetString), [typeof(int)])!;
    private static readonly MethodInfo Open = typeof(MySqlJsonTypeMapping).GetMethod(nameof(OpenStream), [typeof(string)])!;

    public MySqlJsonTypeMapping(string storeType)
        : base(storeType, typeof(JsonTypePlaceholder), System.Data.DbType.String)
    {
    }

    private MySqlJsonTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    public static MemoryStream OpenStream(string json) => new(Encoding.UTF8.GetBytes(json));

    public override MethodInfo GetDataReaderMethod() => GetString;

    public override Expression CustomizeDataReaderExpression(Expression expression) => Expression.Call(Open, expression);

    protected override string GenerateNonNullSqlLiteral(object value) => MySqlLiterals.Text((string)value);

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new MySqlJsonTypeMapping(parameters);
}
