namespace Carafe.Data;

/// <summary>Gives one list other limits than <see cref="PagingOptions"/>: <c>[PageSize(DefaultLimit = 50, MaxLimit = 500)] PageQuery page</c>.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class PageSizeAttribute : Attribute
{
    /// <summary>Gets or sets how many rows a page has when the caller does not say. Default: 0, what the options say.</summary>
    public int DefaultLimit { get; set; }

    /// <summary>Gets or sets how many rows a caller may ask for, at most 10,000. Default: 0, what the options say.</summary>
    public int MaxLimit { get; set; }
}
