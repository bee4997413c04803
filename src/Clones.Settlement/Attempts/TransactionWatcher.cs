using Clones.Hosting;

namespace Clones.Settlement.Attempts;

/// <summary>
/// Looks after everything that is not settled, whichever process began it: at start, and then at the pace of
/// <see cref="SettlementOptions.CheckEvery"/>. One request per node and batch, however much is in flight.
/// </summary>
internal sealed class TransactionWatcher(
    SettlementPoller poller,
    SettlementOptions options,
    TimeProvider time,
    ILogger<TransactionWatcher> log
) : PassService(time, log)
{
    private readonly string worker = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";

    protected override TimeSpan PassEvery => options.CheckEvery;

    /// <summary>The database or the broker is away: what is open stays open, and the next pass finds it.</summary>
    protected override TimeSpan FailedPassEvery => options.UnresolvedEvery;

    public override Task PassAsync(CancellationToken cancellationToken) => poller.RunAsync(worker, cancellationToken);
}
