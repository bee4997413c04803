using Clones.Chaos.Servers;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Chaos.Work;

/// <summary>
/// Gets a transaction of the run's own people through a storm. It may land twice where nodes lie: for what may be done twice only.
/// </summary>
internal sealed class RetryingSender(HostileCluster cluster, TimeProvider time)
{
    private const int TriesPerBlockhash = 36;

    /// <summary>One node may lie; two do not at the same time.</summary>
    private const int NodesNeeded = 2;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly IReadOnlyList<IRpcClient> nodes = cluster.Clients(TimeSpan.FromSeconds(3));

    /// <returns>When two nodes have it as final: what is confirmed may be rolled back, and was.</returns>
    public async Task SendAsync(
        IReadOnlyList<Account> signers,
        IReadOnlyList<Instruction> instructions,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var blockhash = await FirstAsync(node => node.GetLatestBlockhashAsync(cancellationToken: cancellationToken));
            if (blockhash is not null)
            {
                var transaction = new TransactionBuilder()
                    .SetFeePayer(signers[0].PublicKey)
                    .SetRecentBlockhash(blockhash.Blockhash)
                    .AddInstructions(instructions)
                    .Build([.. signers]);
                for (var i = 0; i < TriesPerBlockhash; i++)
                {
                    var bytes = transaction.Serialize();
                    await Task.WhenAll(
                        nodes.Select(n =>
                            QuietlyAsync(() => n.SendTransactionAsync(bytes, skipPreflight: true, cancellationToken: cancellationToken))
                        )
                    );
                    await Task.Delay(Pause, time, cancellationToken);
                    var statuses = await Task.WhenAll(
                        nodes.Select(n =>
                            QuietlyAsync(() => n.GetSignatureStatusesAsync([transaction.Id], cancellationToken: cancellationToken))
                        )
                    );
                    if (statuses.Count(s => s.Value?[0]?.ConfirmationStatus == Commitment.Finalized) >= NodesNeeded)
                    {
                        return;
                    }
                }
            }
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task<T?> FirstAsync<T>(Func<IRpcClient, Task<T>> ask)
        where T : class
    {
        foreach (var node in nodes)
        {
            if (await QuietlyAsync(() => ask(node)) is { } answer)
            {
                return answer;
            }
        }
        return null;
    }

    private static async Task<T?> QuietlyAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (RpcException)
        {
            return default;
        }
    }
}
