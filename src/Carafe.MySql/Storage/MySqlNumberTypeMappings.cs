using System.Data.Common;
using System.Globalization;

namespace Carafe.MySql.Storage;

/// <summary>Maps doubles. Their literals have an exponent: without one they would be decimals.</summary>
internal sealed class MySqlDoubleTypeMapping : DoubleTypeMapping
{
    public MySqlDoubleTypeMapping(string storeType)
        : base(storeType, System.Data.DbType.Double)
    {
    }

    private MySqlDoubleTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    public static string Literal(double value) => double.IsFinite(value)
        ? value.ToString("E16", CultureInfo.InvariantCulture)
        : throw new InvalidOperationException($"MariaDB and MySQL have no {value} among their doubles.");

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new MySqlDoubleTypeMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value) => Literal(Convert.ToDouble(value, CultureInfo.InvariantCulture));
}

/// <summary>
/// Maps floats, kept in a <c>double</c>: the server writes six digits of a <c>float</c>, and not all that it has. They are sent as the double of the
/// same value, so that a comparison finds them.
/// </summary>
internal sealed class MySqlFloatTypeMapping : FloatTypeMapping
{
    public MySqlFloatTypeMapping(string storeType)
        : base(storeType, System.Data.DbType.Double)
    {
    }

    private MySqlFloatTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new MySqlFloatTypeMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value) => MySqlDoubleTypeMapping.Literal(Convert.ToSingle(value, CultureInfo.InvariantCulture));

    protected override void ConfigureParameter(DbParameter parameter)
    {
        if (parameter.Value is float number)
        {
            parameter.Value = (double)number;
        }
    }
}
