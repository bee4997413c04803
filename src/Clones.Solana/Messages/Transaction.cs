using Clones.Solana.Primitives;

namespace Clones.Solana.Messages;

/// <summary>A message with one signature slot per signer. Never larger than what the network carries.</summary>
public sealed class Transaction
{
    /// <summary>The largest transaction that the network carries, in bytes: an IPv6 packet of 1,280 less its headers.</summary>
    public const int SizeMax = 1_232;

    private readonly byte[] messageBytes;
    private readonly Signature[] signatures;

    /// <summary>An unsigned transaction.</summary>
    /// <exception cref="TransactionTooLargeException">More than <see cref="SizeMax"/> bytes with all signatures.</exception>
    public Transaction(Message message)
        : this(message, message.Serialize(), new Signature[message.Signers.Count]) { }

    private Transaction(Message message, byte[] messageBytes, Signature[] signatures)
    {
        Message = message;
        this.messageBytes = messageBytes;
        this.signatures = signatures;
        Size = ShortVec.Size(signatures.Length) + signatures.Length * Signature.Length + messageBytes.Length;
        if (Size > SizeMax)
        {
            throw new TransactionTooLargeException(Size);
        }
    }

    public Message Message { get; }

    /// <summary>In the order of the message's signers; all zero where a signature is missing.</summary>
    public IReadOnlyList<Signature> Signatures => signatures;

    /// <summary>Bytes on the wire, all signatures included.</summary>
    public int Size { get; }

    /// <summary>The fee payer's signature, by which the chain knows the transaction; all zero while it is missing.</summary>
    public Signature Id => signatures[0];

    /// <summary>Reads exactly one transaction. Signatures are not verified here: see <see cref="VerifySignatures"/>.</summary>
    /// <exception cref="FormatException">
    /// More than <see cref="SizeMax"/> bytes, cut off, bytes left over, a malformed message, or not one signature per signer.
    /// </exception>
    public static Transaction Deserialize(ReadOnlySpan<byte> data)
    {
        if (data.Length > SizeMax)
        {
            throw new FormatException($"{data.Length} bytes; a transaction has at most {SizeMax}.");
        }

        var reader = new WireReader(data);
        var signatures = new Signature[Math.Min(ShortVec.Read(ref reader), SizeMax / Signature.Length + 1)];
        for (var i = 0; i < signatures.Length; i++)
        {
            signatures[i] = new Signature(reader.Read(Signature.Length));
        }

        var messageBytes = data[^reader.Remaining..];
        var message = Message.Deserialize(messageBytes);
        if (message.Signers.Count != signatures.Length)
        {
            throw new FormatException($"{signatures.Length} signatures for {message.Signers.Count} signers.");
        }

        return new Transaction(message, messageBytes.ToArray(), signatures);
    }

    /// <summary>Fills the slot of this signer, over whatever was in it.</summary>
    /// <exception cref="ArgumentException">The account is no signer of the message.</exception>
    public void Sign(Account signer) => signatures[SlotOf(signer.PublicKey)] = signer.Sign(messageBytes);

    /// <summary>Fills the slot of a signer who signed elsewhere.</summary>
    /// <exception cref="ArgumentException">The key is no signer of the message, or did not make this signature over it.</exception>
    public void AddSignature(PublicKey signer, Signature signature)
    {
        var slot = SlotOf(signer);
        if (!Ed25519.Verify(signer, messageBytes, signature))
        {
            throw new ArgumentException($"The signature is not one of {signer} over this message.", nameof(signature));
        }

        signatures[slot] = signature;
    }

    public IReadOnlyList<PublicKey> MissingSigners() => [.. Message.Signers.Where((_, slot) => signatures[slot].IsMissing)];

    /// <summary>Whether every signer has signed these very bytes, as strictly as the chain checks it.</summary>
    public bool VerifySignatures()
    {
        for (var slot = 0; slot < signatures.Length; slot++)
        {
            if (!Ed25519.Verify(Message.Signers[slot], messageBytes, signatures[slot]))
            {
                return false;
            }
        }

        return true;
    }

    public byte[] Serialize()
    {
        var data = new byte[Size];
        var at = ShortVec.Write(data, signatures.Length);
        foreach (var signature in signatures)
        {
            signature.CopyTo(data.AsSpan(at));
            at += Signature.Length;
        }

        messageBytes.CopyTo(data, at);
        return data;
    }

    private int SlotOf(PublicKey signer)
    {
        for (var slot = 0; slot < signatures.Length; slot++)
        {
            if (Message.Signers[slot] == signer)
            {
                return slot;
            }
        }

        throw new ArgumentException($"{signer} is no signer of this transaction.", nameof(signer));
    }
}
