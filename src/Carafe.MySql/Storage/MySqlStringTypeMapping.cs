using System.Data.Common;
using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore.Storage.Json;

namespace Carafe.MySql.Storage;

/// <summary>Maps text, whose literals cannot be broken out of.</summary>
internal sealed class MySqlStringTypeMapping : StringTypeMapping
{
    public MySqlStringTypeMapping(string storeType, int? size = null, bool fixedLength = false)
        : base(
            new RelationalTypeMappingParameters(
                new CoreTypeMappingParameters(typeof(string), jsonValueReaderWriter: JsonStringReaderWriter.Instance),
                storeType, StoreTypePostfix.None, fixedLength ? System.Data.DbType.StringFixedLength : System.Data.DbType.String, true, size, fixedLength))
    {
    }

    private MySqlStringTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new MySqlStringTypeMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value) => MySqlLiterals.Text((string)value);
}

/// <summary>Maps one character, a blank among them: it is kept in a <c>varchar(1)</c>, for <c>char(1)</c> would drop that.</summary>
internal sealed class MySqlCharTypeMapping : CharTypeMapping
{
    private static readonly MethodInfo GetString = typeof(DbDataReader).GetMethod(nameof(DbDataReader.GetString), [typeof(int)])!;
    private static readonly MethodInfo First = new Func<IEnumerable<char>, char>(Enumerable.FirstOrDefault).Method;

    public MySqlCharTypeMapping(string storeType)
        : base(storeType, System.Data.DbType.String)
    {
    }

    private MySqlCharTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new MySqlCharTypeMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value) =>
        MySqlLiterals.Text(Convert.ToChar(value, CultureInfo.InvariantCulture).ToString());

    public override MethodInfo GetDataReaderMethod() => GetString;

    // An empty text has the character that C# returns for "first or default". Public methods only: the code of precompiled queries is in the app's assembly.
    public override Expression CustomizeDataReaderExpression(Expression expression) => Expression.Call(First, expression);

    // C# compares characters as ints, and the driver sends some characters as numbers: both go as text.
    protected override void ConfigureParameter(DbParameter parameter)
    {
        if (parameter.Value is char or int)
        {
            parameter.Value = Convert.ToChar(parameter.Value, CultureInfo.InvariantCulture).ToString();
        }
    }
}

/// <summary>Maps bytes.</summary>
internal sealed class MySqlByteArrayTypeMapping : ByteArrayTypeMapping
{
    public MySqlByteArrayTypeMapping(string storeType, int? size = null)
        : base(
            new RelationalTypeMappingParameters(
                new CoreTypeMappingParameters(typeof(byte[]), jsonValueReaderWriter: JsonByteArrayReaderWriter.Instance),
                storeType, StoreTypePostfix.None, System.Data.DbType.Binary, false, size))
    {
    }

    private MySqlByteArrayTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new MySqlByteArrayTypeMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value) => MySqlLiterals.Bytes((byte[])value);
}

/// <summary>Maps ids, kept as the 36 characters of their text, so that they sort as on PostgreSQL and can be read by people.</summary>
internal sealed class MySqlGuidTypeMapping : GuidTypeMapping
{
    public MySqlGuidTypeMapping(string storeType)
        : base(storeType, System.Data.DbType.Guid)
    {
    }

    private MySqlGuidTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new MySqlGuidTypeMapping(parameters);

    // As text, whatever GuidFormat the connection string sets.
    protected override void ConfigureParameter(DbParameter parameter)
    {
        if (parameter.Value is Guid id)
        {
            parameter.Value = id.ToString();
            parameter.DbType = System.Data.DbType.String;
        }
    }
}
