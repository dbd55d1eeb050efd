using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using static Carafe.MySql.Storage.MySqlTypes;

namespace Carafe.MySql.Query;

/// <summary>Describes a column that <c>JSON_TABLE</c> makes of each element.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Mapping">Its type.</param>
/// <param name="Property">The property of the element; null for the element itself.</param>
internal sealed record MySqlJsonColumn(string Name, RelationalTypeMapping Mapping, string? Property);

/// <summary>Makes rows of the elements of a JSON array, in their order.</summary>
internal sealed class MySqlJsonTableExpression(
    string alias, SqlExpression json, IReadOnlyList<PathSegment> path, IReadOnlyList<MySqlJsonColumn> columns)
    : TableValuedFunctionExpression(alias, "JSON_TABLE", schema: null, builtIn: true, [json])
{
    /// <summary>Names the column with the position of an element.</summary>
    public const string Key = "key";

    /// <summary>Names the column with the element.</summary>
    public const string Value = "value";

    public IReadOnlyList<PathSegment> Path => path;

    public IReadOnlyList<MySqlJsonColumn> Columns => columns;

    /// <summary>Returns whether what the server makes of the text in a document is what was written.</summary>
    public static bool IsReadable(RelationalTypeMapping mapping)
    {
        var type = mapping.Converter?.ProviderClrType ?? mapping.ClrType;
        type = Unwrap(type);
        return type != typeof(DateTimeOffset) && type != typeof(TimeSpan) && type != typeof(byte[]);
    }

    public override TableExpressionBase Clone(string? alias, ExpressionVisitor cloningExpressionVisitor) =>
        new MySqlJsonTableExpression(alias!, (SqlExpression)cloningExpressionVisitor.Visit(Arguments[0]), path, columns);

    public override TableValuedFunctionExpression WithAlias(string newAlias) => new MySqlJsonTableExpression(newAlias, Arguments[0], path, columns);

    public override TableValuedFunctionExpression Update(IReadOnlyList<SqlExpression> arguments) =>
        arguments[0] == Arguments[0] ? this : new MySqlJsonTableExpression(Alias, arguments[0], path, columns);

    public override bool Equals(object? obj) =>
        ReferenceEquals(this, obj) || (obj is MySqlJsonTableExpression other && base.Equals(other) && path.SequenceEqual(other.Path)
            && columns.SequenceEqual(other.Columns));

    public override int GetHashCode() => base.GetHashCode();

    protected override Expression VisitChildren(ExpressionVisitor visitor) => Update([(SqlExpression)visitor.Visit(Arguments[0])]);
}
