using System.Linq.Expressions;

namespace Carafe.Data.Lists;

/// <summary>Represents a column that callers may sort by.</summary>
internal sealed record ListSort(string Name, LambdaExpression By);
