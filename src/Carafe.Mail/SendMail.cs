namespace Carafe.Mail;

/// <summary>Represents the task that sends a mail; <see cref="Mailer.Enqueue"/> makes it.</summary>
/// <param name="Message">The mail.</param>
public sealed record SendMail(MailMessage Message)
{
    internal static Task HandleAsync(SendMail task, TaskContext context, Mailer mailer, CancellationToken cancellationToken) =>
        mailer.SendAsync(task.Message.Id is null ? task.Message with { Id = context.IdempotencyKey } : task.Message, cancellationToken);
}
