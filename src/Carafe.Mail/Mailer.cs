namespace Carafe.Mail;

/// <summary>Makes and sends mail.</summary>
public abstract class Mailer
{
    private protected Mailer()
    {
    }

    /// <summary>Gets whether mail can be sent: <c>MAIL_URL</c> is set.</summary>
    public abstract bool IsOn { get; }

    /// <summary>Makes a mail of the template of <typeparamref name="TModel"/>.</summary>
    /// <param name="to">The receiver.</param>
    /// <param name="model">What its placeholders stand for.</param>
    /// <exception cref="ArgumentException">The app has no such template.</exception>
    public abstract MailMessage Render<TModel>(string to, TModel model)
        where TModel : notnull;

    /// <summary>
    /// Adds a task to a context that sends a mail once it is committed, and again until it succeeds. The mail is stored until then, for operators to see: send
    /// what is secret with <see cref="SendAsync"/> from a task of your own.
    /// </summary>
    /// <param name="db">The app's context.</param>
    /// <param name="message">The mail.</param>
    /// <param name="options">When it is sent.</param>
    /// <returns>The task's id.</returns>
    /// <exception cref="ArgumentException">An address is invalid, or the mail is longer than a task may be.</exception>
    public abstract Guid Enqueue(DbContext db, MailMessage message, TaskOptions? options = null);

    /// <summary>Sends a mail now. Call it in a task: a server may take its time.</summary>
    /// <param name="message">The mail.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ArgumentException">An address is invalid.</exception>
    /// <exception cref="TaskRejectedException">The server will never take it (a reply 5xx of RFC 5321), or mail is off.</exception>
    public abstract Task SendAsync(MailMessage message, CancellationToken cancellationToken = default);
}
