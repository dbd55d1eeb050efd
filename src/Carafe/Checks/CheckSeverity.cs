namespace Carafe;

/// <summary>Says how bad it is when a check finds something.</summary>
public enum CheckSeverity
{
    /// <summary>Something to know, such as a list of the endpoints that anyone may call.</summary>
    Information,

    /// <summary>Something that will hurt one day.</summary>
    Warning,

    /// <summary>Something that must not be deployed.</summary>
    Error,
}
