namespace Carafe.Auth.Werkzeug;

/// <summary>Notes that a token of Flask, or all that an account had so far, is worth nothing any more.</summary>
internal sealed class FlaskTokenEnd
{
    public Guid Id { get; set; }

    public int UserId { get; set; }

    /// <summary>Gets or sets the session of the one token; null when all tokens are meant that were issued before.</summary>
    public Guid? SessionId { get; set; }

    /// <summary>Gets or sets the session whose token stays; the empty one when none does.</summary>
    public Guid ExceptId { get; set; }

    public DateTimeOffset EndedAt { get; set; }

    /// <summary>Gets or sets from when no token of Flask is accepted anyway.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    public static FlaskTokenEnd Of(int user, Guid? session, Guid? except, DateTimeOffset now, FlaskTokenSettings settings) => new()
    {
        Id = Guid.CreateVersion7(now),
        UserId = user,
        SessionId = session,
        ExceptId = except ?? Guid.Empty,
        EndedAt = now,
        // Without an end no token is accepted now; one may be again.
        ExpiresAt = settings.Until ?? now.AddYears(1),
    };
}
