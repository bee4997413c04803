namespace Clones.Client;

public sealed partial class ClonesClient
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    /// <summary>Follows an operation until it is done, however it ends: see <see cref="OperationView.Status"/> and <see cref="OperationView.Error"/>.</summary>
    /// <param name="limit">How long in all; the operation goes on after that.</param>
    /// <exception cref="TimeoutException">It is not done within <paramref name="limit"/>.</exception>
    public Task<OperationView> WaitAsync(OperationView operation, TimeSpan limit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return UntilAsync(
            operation,
            stop => GetOperationAsync(operation.Id, stop),
            o => o.Status != OperationStatuses.Pending,
            o => $"Operation {o.Id} ({o.Kind}) is {o.Status}",
            limit,
            cancellationToken
        );
    }

    /// <summary>
    /// Follows a payment until it is COMPLETED (finalized on chain) or FAILED. What waits for funds or is unresolved has not ended: never pay it again
    /// under another key because this ran out.
    /// </summary>
    /// <param name="limit">How long in all; the payment goes on after that.</param>
    /// <exception cref="TimeoutException">It has not ended within <paramref name="limit"/>.</exception>
    public Task<PaymentView> WaitAsync(PaymentView payment, TimeSpan limit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(payment);
        return UntilAsync(
            payment,
            stop => GetPaymentAsync(payment.Id, stop),
            p => p.Status is PaymentStatuses.Completed or PaymentStatuses.Failed,
            p => $"Payment {p.Id} is {p.Status}",
            limit,
            cancellationToken
        );
    }

    /// <summary>Follows an agent until it is as <paramref name="isReached"/> wants it.</summary>
    /// <param name="limit">How long in all.</param>
    /// <exception cref="TimeoutException">It is not within <paramref name="limit"/>.</exception>
    public Task<AgentView> WaitAsync(
        AgentView agent,
        Func<AgentView, bool> isReached,
        TimeSpan limit,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(agent);
        ArgumentNullException.ThrowIfNull(isReached);
        return UntilAsync(
            agent,
            stop => GetAgentAsync(agent.Id, stop),
            isReached,
            a => $"Agent {a.Id} is {a.Status}",
            limit,
            cancellationToken
        );
    }

    private async Task<T> UntilAsync<T>(
        T now,
        Func<CancellationToken, Task<T>> read,
        Func<T, bool> isReached,
        Func<T, string> describe,
        TimeSpan limit,
        CancellationToken cancellationToken
    )
    {
        var began = options.Time.GetTimestamp();
        var pause = FirstLook;
        while (!isReached(now))
        {
            var left = limit - options.Time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                throw new TimeoutException($"{describe(now)} after {limit}.");
            }

            await Task.Delay(pause < left ? pause : left, options.Time, cancellationToken).ConfigureAwait(false);
            pause = pause * 1.5 < LookEvery ? pause * 1.5 : LookEvery;
            now = await read(cancellationToken).ConfigureAwait(false);
        }
        return now;
    }
}
