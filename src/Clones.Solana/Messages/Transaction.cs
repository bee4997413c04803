using Clones.Solana.Primitives;

namespace Clones.Solana.Messages;

/// <summary>A message with one signature slot per signer. Never larger than what the network carries.</summary>
public sealed class Transaction
{
    /// <summary>The largest transaction of the versions that are built here, in bytes: an IPv6 packet of 1,280 less its headers.</summary>
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
        Size = (IsV1 ? 0 : ShortVec.Size(signatures.Length)) + signatures.Length * Signature.Length + messageBytes.Length;
        if (Size > (IsV1 ? MessageFormatV1.TransactionBytesMax : SizeMax))
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
    /// More bytes than its version may have, cut off, bytes left over, a malformed message, or not one signature per signer.
    /// </exception>
    public static Transaction Deserialize(ReadOnlySpan<byte> data)
    {
        // Where other versions count their signatures first; so many never fit.
        var isV1 = !data.IsEmpty && data[0] == MessageFormatV1.Prefix;
        var sizeMax = isV1 ? MessageFormatV1.TransactionBytesMax : SizeMax;
        if (data.Length > sizeMax)
        {
            throw new FormatException($"{data.Length} bytes; a transaction has at most {sizeMax}.");
        }

        var reader = new WireReader(data);
        if (isV1)
        {
            return DeserializeV1(data, ref reader);
        }

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

    private static Transaction DeserializeV1(ReadOnlySpan<byte> data, ref WireReader reader)
    {
        var message = MessageFormat.Read(ref reader);
        var messageBytes = data[..^reader.Remaining].ToArray();
        var signatures = new Signature[message.Signers.Count];
        for (var i = 0; i < signatures.Length; i++)
        {
            signatures[i] = new Signature(reader.Read(Signature.Length));
        }

        reader.ExpectEnd();
        return new Transaction(message, messageBytes, signatures);
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
        var at = 0;
        if (IsV1)
        {
            messageBytes.CopyTo(data, 0);
            at = messageBytes.Length;
        }
        else
        {
            at = ShortVec.Write(data, signatures.Length);
            messageBytes.CopyTo(data, at + signatures.Length * Signature.Length);
        }

        foreach (var signature in signatures)
        {
            signature.CopyTo(data.AsSpan(at));
            at += Signature.Length;
        }

        return data;
    }

    private bool IsV1 => Message.Version == MessageVersion.V1;

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
