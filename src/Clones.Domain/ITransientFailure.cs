namespace Clones.Domain;

/// <summary>
/// A failure that passes by itself, such as a master key that has not come to this process yet. The message waits for it, as for a database that
/// is away, and does not go to the error queue.
/// </summary>
public interface ITransientFailure;
