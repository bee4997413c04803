using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Domain.Transactions;

/// <summary>What an owner gets to sign.</summary>
public static class PreparedTransaction
{
    /// <summary>
    /// The transaction of an attempt without the owner's signature. Where the owner pays it carries the mint's already, so that the owner's
    /// wallet may send it itself; where the deposit wallet pays it carries none, and is of no use without us.
    /// </summary>
    /// <exception cref="ArgumentException">The stored signature is not one over the stored message.</exception>
    public static Transaction ToSign(this TransactionAttempt attempt)
    {
        var transaction = new Transaction(Message.Deserialize(attempt.MessageBytes));
        if (attempt.MintSignature is { } signature)
        {
            // Owner and mint are all that sign it, and the owner pays, which makes them the first.
            transaction.AddSignature(transaction.Message.Signers[1], Signature.Parse(signature));
        }
        return transaction;
    }
}
