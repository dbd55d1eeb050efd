namespace Carafe.Mail;

/// <summary>Represents a mail. Addresses and subject are checked and encoded when it is sent: nothing in them becomes a header of its own.</summary>
/// <param name="To">The receiver, such as <c>ada@example.com</c>.</param>
/// <param name="Subject">The subject, in one line.</param>
/// <param name="Text">The body as plain text.</param>
public sealed record MailMessage(string To, string Subject, string Text)
{
    /// <summary>Gets the body as HTML, for those who read that, or null.</summary>
    public string? Html { get; init; }

    /// <summary>Gets where replies go, or null for the sender.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>
    /// Gets what makes its Message-ID, or null for a new one: with a task's <see cref="TaskContext.IdempotencyKey"/> a mail that is sent twice is the same
    /// mail.
    /// </summary>
    public string? Id { get; init; }
}
