using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Persistence.Settlement;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Api.Agents;

/// <summary>A transaction that an owner sends back, as bytes: what of it counts is the message and the owner's signature.</summary>
internal sealed class SignedTransaction : IField<SignedTransaction, string>
{
    private readonly byte[] bytes;
    private readonly Transaction transaction;

    private SignedTransaction(byte[] bytes, Transaction transaction) => (this.bytes, this.transaction) = (bytes, transaction);

    public static Parsed<SignedTransaction> Parse(string raw)
    {
        var bytes = new byte[Transaction.SizeMax];
        if (raw.Any(char.IsWhiteSpace) || !Convert.TryFromBase64String(raw, bytes, out var length))
            return new Refusal($"must be base64 of at most {Transaction.SizeMax} bytes");
        try
        {
            return new SignedTransaction(bytes[..length], Transaction.Deserialize(bytes.AsSpan(0, length)));
        }
        catch (FormatException e)
        {
            return new Refusal($"is not a transaction: {e.Message}");
        }
    }

    /// <summary>Byte for byte: the message that was prepared, and no other that means the same.</summary>
    public bool Carries(TransactionAttempt attempt)
    {
        var signatureBytes = 1 + transaction.Signatures.Count * Signature.Length;
        return bytes.Length == signatureBytes + attempt.MessageBytes.Length
            && bytes.AsSpan(signatureBytes).SequenceEqual(attempt.MessageBytes);
    }

    /// <summary>The owner's signature, verified over the prepared message.</summary>
    /// <exception cref="ProblemException">It is missing or not one of the owner over this message.</exception>
    public Signature SignatureOf(PublicKey owner, TransactionAttempt attempt)
    {
        for (var slot = 0; slot < transaction.Signatures.Count; slot++)
        {
            if (transaction.Message.Signers[slot] == owner && Ed25519.Verify(owner, attempt.MessageBytes, transaction.Signatures[slot]))
                return transaction.Signatures[slot];
        }
        throw new ProblemException(
            Problem.Field("transaction", $"does not hold a valid signature of {owner}", 422, ProblemCode.SignatureNotValid)
        );
    }
}
