using System.Collections.Concurrent;

namespace Carafe.Mail;

/// <summary>Holds the mail that was sent while <c>MAIL_URL</c> is <c>memory:</c>, for tests.</summary>
public sealed class Mailbox
{
    private readonly ConcurrentQueue<MailMessage> _messages = new();

    /// <summary>Gets the mail, oldest first.</summary>
    public IReadOnlyList<MailMessage> Messages => [.. _messages];

    internal void Add(MailMessage message) => _messages.Enqueue(message);
}
