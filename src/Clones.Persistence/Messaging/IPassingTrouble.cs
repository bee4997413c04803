namespace Clones.Persistence.Messaging;

/// <summary>
/// Marks an exception that is no fault of the message: something is away or still being rolled out. The message waits for it, as it does for a
/// database that is away, see <see cref="MessagingRetryExtensions.UsePassingTroubleRetry"/>.
/// </summary>
public interface IPassingTrouble;
