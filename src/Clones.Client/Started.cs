namespace Clones.Client;

/// <summary>What was started: done already (200), or under way (202). Exactly one of the two is there.</summary>
/// <param name="Result">As it is when the workers are done; null where the API did not wait, or not long enough.</param>
/// <param name="Operation">To be followed, see <see cref="ClonesClient.WaitAsync(OperationView, TimeSpan, CancellationToken)"/>; null where it is done.</param>
public sealed record Started<T>(T? Result, OperationView? Operation)
    where T : class
{
    /// <summary>The result where the caller asked to wait and will not wait longer.</summary>
    /// <exception cref="TimeoutException">The workers are not done.</exception>
    public T Done => Result ?? throw new TimeoutException($"{Operation!.Kind} is not done yet: follow operation {Operation.Id}.");
}
