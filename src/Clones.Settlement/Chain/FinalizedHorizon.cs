using Clones.Solana.Rpc;

namespace Clones.Settlement.Chain;

/// <summary>How far the chain is final by the word of as many nodes as are believed: two, where two or more are configured.</summary>
/// <param name="Slot">The highest that so many nodes have reached.</param>
/// <param name="BlockHeight">The highest that so many nodes report.</param>
/// <param name="Nodes">Those that have reached the slot, each with the oldest slot that it still keeps.</param>
/// <param name="Needed">How many nodes must report the same.</param>
public sealed record FinalizedHorizon(
    ulong Slot,
    ulong BlockHeight,
    string GenesisHash,
    IReadOnlyList<HorizonNode> Nodes,
    int Needed,
    int Configured
);

/// <param name="FirstSlot">The oldest slot whose block the node keeps.</param>
public sealed record HorizonNode(IRpcClient Rpc, ulong FirstSlot);

/// <summary>The nodes do not (or not yet) tell enough to believe: nothing is concluded, try again later. The text is for people.</summary>
public sealed class HistoryUnresolvedException(string reason) : Exception(reason), INodeFailure
{
    public string Diagnosis => Message;
}

public sealed class HorizonReader(RpcEndpoints rpc)
{
    /// <exception cref="HistoryUnresolvedException">Too few nodes answer, or they are of different clusters.</exception>
    public async Task<FinalizedHorizon> ReadAsync(CancellationToken cancellationToken)
    {
        var answers = await rpc.All.AnswersAsync(async node => new Answer(
            node,
            (await node.GetGenesisHashAsync(cancellationToken)).ToString(),
            await node.GetEpochInfoAsync(Commitment.Finalized, cancellationToken: cancellationToken),
            await node.GetFirstAvailableBlockAsync(cancellationToken)
        ));
        var needed = Math.Min(2, rpc.All.Count);
        if (answers.Count < needed)
        {
            throw new HistoryUnresolvedException($"{answers.Count} of {rpc.All.Count} nodes answer, {needed} are needed.");
        }
        if (answers.Select(a => a.Genesis).Distinct().Count() > 1)
        {
            throw new HistoryUnresolvedException("The nodes are of different clusters.");
        }

        // A single node may run ahead of the truth, or claim to; what the next one confirms is believed.
        var slot = answers.Select(a => a.Epoch.AbsoluteSlot).OrderDescending().ElementAt(needed - 1);
        var height = answers.Select(a => a.Epoch.BlockHeight).OrderDescending().ElementAt(needed - 1);
        return new FinalizedHorizon(
            slot,
            height,
            answers[0].Genesis,
            [.. answers.Where(a => a.Epoch.AbsoluteSlot >= slot).Select(a => new HorizonNode(a.Node, a.First))],
            needed,
            rpc.All.Count
        );
    }

    private sealed record Answer(IRpcClient Node, string Genesis, EpochInfo Epoch, ulong First);
}
