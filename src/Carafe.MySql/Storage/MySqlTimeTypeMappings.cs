using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore.Storage.Json;

namespace Carafe.MySql.Storage;

/// <summary>Maps dates with a time. They have no zone, and the session's is never applied to them.</summary>
internal sealed class MySqlDateTimeTypeMapping : DateTimeTypeMapping
{
    public MySqlDateTimeTypeMapping(string storeType, int precision)
        : base(
            new RelationalTypeMappingParameters(
                new CoreTypeMappingParameters(typeof(DateTime), jsonValueReaderWriter: JsonDateTimeReaderWriter.Instance),
                storeType, StoreTypePostfix.None, System.Data.DbType.DateTime, precision: precision))
    {
    }

    private MySqlDateTimeTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    protected override string SqlLiteralFormatString => "TIMESTAMP '{0:yyyy-MM-dd HH\\:mm\\:ss.ffffff}'";

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new MySqlDateTimeTypeMapping(parameters);
}

/// <summary>Maps instants, kept as UTC. Their offset is not kept.</summary>
internal sealed class MySqlDateTimeOffsetTypeMapping : DateTimeOffsetTypeMapping
{
    public MySqlDateTimeOffsetTypeMapping(string storeType, int precision)
        : base(
            new RelationalTypeMappingParameters(
                new CoreTypeMappingParameters(typeof(DateTimeOffset), jsonValueReaderWriter: JsonDateTimeOffsetReaderWriter.Instance),
                storeType, StoreTypePostfix.None, System.Data.DbType.DateTimeOffset, precision: precision))
    {
    }

    private MySqlDateTimeOffsetTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new MySqlDateTimeOffsetTypeMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value) =>
        string.Create(CultureInfo.InvariantCulture, $"TIMESTAMP '{((DateTimeOffset)value).UtcDateTime:yyyy-MM-dd HH\\:mm\\:ss.ffffff}'");

    protected override void ConfigureParameter(DbParameter parameter)
    {
        if (parameter.Value is DateTimeOffset instant)
        {
            parameter.Value = instant.UtcDateTime;
            parameter.DbType = System.Data.DbType.DateTime;
        }
    }
}

/// <summary>Maps dates.</summary>
internal sealed class MySqlDateOnlyTypeMapping : DateOnlyTypeMapping
{
    public MySqlDateOnlyTypeMapping()
        : base("date", System.Data.DbType.Date)
    {
    }

    private MySqlDateOnlyTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    protected override string SqlLiteralFormatString => "DATE '{0:yyyy-MM-dd}'";

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new MySqlDateOnlyTypeMapping(parameters);
}

/// <summary>Maps times of a day.</summary>
internal sealed class MySqlTimeOnlyTypeMapping : TimeOnlyTypeMapping
{
    public MySqlTimeOnlyTypeMapping(string storeType, int precision)
        : base(
            new RelationalTypeMappingParameters(
                new CoreTypeMappingParameters(typeof(TimeOnly), jsonValueReaderWriter: JsonTimeOnlyReaderWriter.Instance),
                storeType, StoreTypePostfix.None, System.Data.DbType.Time, precision: precision))
    {
    }

    private MySqlTimeOnlyTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new MySqlTimeOnlyTypeMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value) =>
        string.Create(CultureInfo.InvariantCulture, $"TIME '{(TimeOnly)value:HH\\:mm\\:ss.ffffff}'");
}

/// <summary>Maps durations up to 838 hours, which is what the server's <c>time</c> holds.</summary>
internal sealed class MySqlTimeSpanTypeMapping : TimeSpanTypeMapping
{
    public MySqlTimeSpanTypeMapping(string storeType, int precision)
        : base(
            new RelationalTypeMappingParameters(
                new CoreTypeMappingParameters(typeof(TimeSpan), jsonValueReaderWriter: JsonTimeSpanReaderWriter.Instance),
                storeType, StoreTypePostfix.None, System.Data.DbType.Time, precision: precision))
    {
    }

    private MySqlTimeSpanTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new MySqlTimeSpanTypeMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value)
    {
        var span = (TimeSpan)value;
        return string.Create(CultureInfo.InvariantCulture,
            $"TIME '{(span < TimeSpan.Zero ? "-" : "")}{Math.Abs((int)span.TotalHours):00}:{span:mm\\:ss\\.ffffff}'");
    }
}
