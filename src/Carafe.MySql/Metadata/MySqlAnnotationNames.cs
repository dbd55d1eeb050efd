namespace Carafe.MySql.Metadata;

/// <summary>Names the annotations of models and migrations.</summary>
internal static class MySqlAnnotationNames
{
    /// <summary>Marks a column whose key the server generates.</summary>
    public const string Autoincrement = "MySql:Autoincrement";
}
