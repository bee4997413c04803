using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Domain.Transactions;
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
        {
            return new Rejection($"must be base64 of at most {Transaction.SizeMax} bytes");
        }

        try
        {
            return new SignedTransaction(bytes[..length], Transaction.Deserialize(bytes.AsSpan(0, length)));
        }
        catch (FormatException e)
        {
            return new Rejection($"is not a transaction: {e.Message}");
        }
    }

    /// <summary>Byte for byte: the message that was prepared, and no other that means the same.</summary>
    public bool Carries(TransactionAttempt attempt)
    {
        var signatureBytes = 1 + transaction.Signatures.Count * Signature.Length;
        return bytes.Length == signatureBytes + attempt.MessageBytes.Length
            && bytes.AsSpan(signatureBytes).SequenceEqual(attempt.MessageBytes);
    }

    /// <summary>The owner's signature, verified over the prepared message like every other that is there; ours may be missing.</summary>
    /// <exception cref="ProblemException">The owner's is missing, or one does not verify.</exception>
    public Signature SignatureOf(PublicKey owner, TransactionAttempt attempt)
    {
        Signature? owners = null;
        for (var slot = 0; slot < transaction.Signatures.Count; slot++)
        {
            var (signer, signature) = (transaction.Message.Signers[slot], transaction.Signatures[slot]);
            if (signature.IsMissing)
            {
                continue;
            }

            if (!Ed25519.Verify(signer, attempt.MessageBytes, signature))
            {
                throw NotValid($"holds a signature of {signer} that is none over this message");
            }

            if (signer == owner)
            {
                owners = signature;
            }
        }
        return owners ?? throw NotValid($"does not hold a valid signature of {owner}");
    }

    private static ProblemException NotValid(string reason) =>
        new(Problem.Field("transaction", reason, 422, ProblemCode.SignatureNotValid));
}
