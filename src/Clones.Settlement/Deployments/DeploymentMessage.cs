using Clones.Settlement.Rules;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;

namespace Clones.Settlement.Deployments;

internal static class DeploymentMessage
{
    /// <summary>
    /// The message that owner and workers sign. The memo <c>transaction:attempt</c> sets it apart from every other, also under the same
    /// blockhash, and is what a scan of the chain finds it by.
    /// </summary>
    /// <exception cref="DeploymentImpossibleException">With all signatures it is larger than what the network carries.</exception>
    public static Message Build(
        DeploymentPlan plan,
        PublicKey payer,
        Blockhash blockhash,
        ulong microLamportsPerUnit,
        Guid transactionId,
        int attemptNumber
    )
    {
        var message = new TransactionBuilder()
            .SetFeePayer(payer)
            .SetRecentBlockhash(blockhash)
            .AddInstruction(ComputeBudgetProgram.SetComputeUnitLimit(plan.ComputeUnitLimit))
            .AddInstruction(ComputeBudgetProgram.SetComputeUnitPrice(microLamportsPerUnit))
            .AddInstructions(plan.Instructions)
            .AddInstruction(MemoProgram.Write(TransactionMemo.Of(transactionId, attemptNumber)))
            .BuildMessage();
        try
        {
            _ = new Transaction(message);
            return message;
        }
        catch (TransactionTooLargeException tooLarge)
        {
            throw new DeploymentImpossibleException($"{tooLarge.Message} A shorter name or metadata link makes the transaction smaller.");
        }
    }
}
