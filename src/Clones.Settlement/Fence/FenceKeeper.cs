using Clones.Hosting;
using Clones.Settlement.Ledger;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Fence;

/// <summary>Watches the fence as long as the workers live, from before the first signature, and lifts it when that is safe.</summary>
internal sealed class FenceKeeper(FenceLift fence, LedgerOptions options, TimeProvider time, ILogger<FenceKeeper> log)
    : PassService(time, log)
{
    private string? reported;

    protected override TimeSpan PassEvery => options.FenceEvery;

    public override async Task PassAsync(CancellationToken cancellationToken)
    {
        var progress = await fence.TryAsync(cancellationToken);
        if (!progress.IsOpen)
        {
            Report(progress.State);
        }
    }

    protected override void Report(Exception failure)
    {
        if (failure is INodeFailure)
        {
            Report(failure.Diagnosis());
        }
        else
        {
            base.Report(failure);
        }
    }

    // Once per state: a fence may stand for minutes.
    private void Report(string state)
    {
        if (reported != state)
        {
            reported = state;
            Log.LogWarning("The signing fence stands: {State}", state);
        }
    }
}
