using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Chain;

/// <summary>
/// Asks a node for a transaction that anybody may have made, of whatever version. One that cannot be read says what the node makes of it, or
/// nothing; it is never taken for one that is not there.
/// </summary>
internal static class TransactionLookup
{
    /// <param name="slot">In which the node lists it.</param>
    /// <returns>Null where the node does not know it.</returns>
    /// <exception cref="RpcException">It does not answer.</exception>
    public static async Task<TransactionDetail?> AskAsync(
        IRpcClient node,
        Signature signature,
        ulong slot,
        CancellationToken cancellationToken
    )
    {
        string reason;
        try
        {
            var detail = await node.GetTransactionAsync(signature, Commitment.Finalized, cancellationToken);
            if (detail is null || Complaint(detail) is not { } complaint)
            {
                return detail;
            }
            reason = complaint;
        }
        catch (RpcErrorException e) when (e.Code == RpcErrorCodes.UnsupportedTransactionVersion && e.Fault == RpcFault.Data)
        {
            reason = $"Its version is above {MessageVersions.Highest}.";
        }

        try
        {
            return
                await node.GetUnparsedTransactionAsync(signature, Commitment.Finalized, cancellationToken)
                    is { Unparsed: { } unparsed } shown
                ? shown with
                {
                    Unparsed = unparsed with { Reason = $"{reason} {unparsed.Reason}" },
                }
                : null;
        }
        catch (RpcErrorException e) when (e.Code == RpcErrorCodes.UnsupportedTransactionVersion && e.Fault == RpcFault.Data)
        {
            return new TransactionDetail(slot, null, null, 0, ReadOnlyMemory<byte>.Empty, [], [], [], [], [], [], null, null)
            {
                Unparsed = new UnparsedTransaction(signature, [], reason),
            };
        }
    }

    /// <summary>Null where it cannot be told.</summary>
    public static PublicKey? PayerOf(TransactionDetail? detail) =>
        detail switch
        {
            null or { Unparsed.AccountKeys: [] } => null,
            { Unparsed.AccountKeys: [var payer, ..] } => payer,
            _ => Transaction.Deserialize(detail.TransactionBytes.Span).Message.FeePayer,
        };

    private static string? Complaint(TransactionDetail detail)
    {
        try
        {
            Transaction.Deserialize(detail.TransactionBytes.Span);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }
}
