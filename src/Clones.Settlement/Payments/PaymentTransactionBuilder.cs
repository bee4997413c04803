using Clones.Domain.Payments;
using Clones.Settlement.Chain;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Payments;

/// <summary>Builds the message of a payment transaction: measured by simulation, priced under a ceiling, unsigned.</summary>
internal sealed class PaymentTransactionBuilder(RpcEndpoints rpc, ClusterFacts facts, TimeProvider time)
{
    /// <inheritdoc cref="NodeView.ReadAheadAsync"/>
    public Task<RecipientAccounts> ReadAheadAsync(IEnumerable<MessageRequest> requests, CancellationToken cancellationToken) =>
        new NodeView(rpc, facts).ReadAheadAsync(requests, cancellationToken);

    /// <exception cref="RpcException">No node answered: nothing is known, try again later.</exception>
    /// <exception cref="ChainNotReadyException">The nodes are not yet (or no longer) of one mind: try again later.</exception>
    /// <exception cref="PaymentCannotBeBuiltException">The chain would reject it as things are now.</exception>
    public async Task<PreparedMessage> BuildAsync(MessageRequest request, RecipientAccounts ahead, CancellationToken cancellationToken)
    {
        try
        {
            return await new NodeView(rpc, facts).BuildAsync(request, ahead, cancellationToken);
        }
        catch (PaymentCannotBeBuiltException e) when (request.IsLastTry && rpc.All.Count > 1)
        {
            return await AskEachAsync(request, e, cancellationToken);
        }
    }

    // Before a payment fails, a second node must reject it too: one alone may be wrong, or lie.
    private async Task<PreparedMessage> AskEachAsync(
        MessageRequest request,
        PaymentCannotBeBuiltException rejection,
        CancellationToken cancellationToken
    )
    {
        var rejections = 0;
        foreach (var node in rpc.All)
        {
            var alone = new RpcEndpoints([node], time);
            try
            {
                return await new NodeView(alone, new ClusterFacts(alone, time)).BuildAsync(
                    request,
                    RecipientAccounts.None,
                    cancellationToken
                );
            }
            catch (PaymentCannotBeBuiltException)
            {
                rejections++;
            }
            catch (Exception e) when (e is RpcException or ChainNotReadyException)
            {
                // It says nothing, for or against.
            }
        }
        throw rejections >= 2 ? rejection : new ChainNotReadyException($"A single node rejects it: {rejection.Message}");
    }
}

/// <param name="Memo">That names the transaction and the attempt on chain.</param>
/// <param name="NotBeforeSlot">What a node says that has not reached this slot does not count.</param>
/// <param name="IsLastTry">The payment fails if it cannot be built now: every node is asked.</param>
internal sealed record MessageRequest(
    string Memo,
    int AttemptNumber,
    PublicKey Wallet,
    IReadOnlyList<Payment> Payments,
    ulong NotBeforeSlot,
    bool IsLastTry
);

/// <param name="Blockhash">The one in the message.</param>
/// <param name="FeeLamports">That the chain will take, priority fee included.</param>
internal sealed record PreparedMessage(Message Message, LatestBlockhash Blockhash, string GenesisHash, ulong FeeLamports);

/// <summary>As things are now, the chain would reject it. Nothing was signed. The text is for people.</summary>
/// <param name="culprit">Index of the payment that would fail, of several; null where none is known.</param>
internal sealed class PaymentCannotBeBuiltException(string reason, int? culprit = null) : Exception(reason)
{
    public int? Culprit => culprit;
}
