using Clones.Solana.Primitives;

namespace Clones.Solana.Messages;

/// <summary>A message with one signature slot per signer, kept as its bytes on the wire. Never larger than what the network carries.</summary>
public sealed class Transaction
{
    /// <summary>The largest transaction of the versions that are built here, in bytes: an IPv6 packet of 1,280 less its headers.</summary>
    public const int SizeMax = 1_232;

    private readonly int signatureCount;
    private readonly int messageAt;
    private readonly int messageLength;
    private byte[] wire;
    private bool isShared;
    private Message? message;

    /// <summary>An unsigned transaction.</summary>
    /// <exception cref="TransactionTooLargeException">More than <see cref="SizeMax"/> bytes with all signatures.</exception>
    public Transaction(Message message)
        : this(message.Version == MessageVersion.V1, message.Signers.Count, message.Bytes.Length)
    {
        this.message = message;
        message.Bytes.CopyTo(wire.AsSpan(messageAt));
    }

    internal Transaction(in MessageCompiler compiler)
        : this(isV1: false, compiler.Signers, compiler.Size) => compiler.Write(wire.AsSpan(messageAt));

    private Transaction(bool isV1, int signatureCount, int messageLength)
    {
        (this.signatureCount, this.messageLength) = (signatureCount, messageLength);
        // Version 1 begins with its message; others count their signatures first.
        messageAt = isV1 ? 0 : ShortVec.Size(signatureCount) + signatureCount * Signature.Length;
        var size = isV1 ? messageLength + signatureCount * Signature.Length : messageAt + messageLength;
        if (size > (isV1 ? MessageFormatV1.TransactionBytesMax : SizeMax))
        {
            throw new TransactionTooLargeException(size);
        }

        wire = new byte[size];
        if (!isV1)
        {
            ShortVec.Write(wire, signatureCount);
        }
    }

    public Message Message => message ??= Message.Deserialize(MessageBytes);

    /// <summary>In the order of the message's signers; all zero where a signature is missing.</summary>
    public IReadOnlyList<Signature> Signatures => [.. Enumerable.Range(0, signatureCount).Select(slot => new Signature(SlotAt(slot)))];

    /// <summary>Bytes on the wire, all signatures included.</summary>
    public int Size => wire.Length;

    /// <summary>What the network carries, without a copy. A signature that comes later is not in it.</summary>
    public ReadOnlyMemory<byte> Wire
    {
        get
        {
            isShared = true;
            return wire;
        }
    }

    /// <summary>The fee payer's signature, by which the chain knows the transaction; all zero while it is missing.</summary>
    public Signature Id => new(SlotAt(0));

    private ReadOnlySpan<byte> MessageBytes => wire.AsSpan(messageAt, messageLength);

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

        Message message;
        int signatureBytes;
        if (isV1)
        {
            message = Message.Read(data);
            signatureBytes = data.Length - message.Bytes.Length;
        }
        else
        {
            var reader = new WireReader(data);
            signatureBytes = reader.Read(ShortVec.Read(ref reader) * Signature.Length).Length;
            message = Message.Deserialize(data[^reader.Remaining..]);
        }

        if (signatureBytes != message.Signers.Count * Signature.Length)
        {
            throw new FormatException($"{signatureBytes} bytes of signatures for {message.Signers.Count} signers.");
        }

        var transaction = new Transaction(message);
        data.CopyTo(transaction.wire);
        return transaction;
    }

    /// <summary>Fills the slot of this signer, over whatever was in it.</summary>
    /// <exception cref="ArgumentException">The account is no signer of the message.</exception>
    public void Sign(Account signer) => Fill(SlotOf(signer.PublicKey), signer.Sign(MessageBytes));

    /// <summary>Fills the slot of a signer who signed elsewhere.</summary>
    /// <exception cref="ArgumentException">The key is no signer of the message, or did not make this signature over it.</exception>
    public void AddSignature(PublicKey signer, Signature signature)
    {
        var slot = SlotOf(signer);
        if (!Ed25519.Verify(signer, MessageBytes, signature))
        {
            throw new ArgumentException($"The signature is not one of {signer} over this message.", nameof(signature));
        }

        Fill(slot, signature);
    }

    public IReadOnlyList<PublicKey> MissingSigners() =>
        [.. Enumerable.Range(0, signatureCount).Where(slot => new Signature(SlotAt(slot)).IsMissing).Select(SignerOf)];

    /// <summary>Whether every signer has signed these very bytes, as strictly as the chain checks it.</summary>
    public bool VerifySignatures()
    {
        for (var slot = 0; slot < signatureCount; slot++)
        {
            if (!Ed25519.Verify(SignerOf(slot), MessageBytes, new Signature(SlotAt(slot))))
            {
                return false;
            }
        }

        return true;
    }

    public byte[] Serialize() => [.. wire];

    private Span<byte> SlotAt(int slot) =>
        wire.AsSpan(
            (messageAt == 0 ? messageLength : messageAt - signatureCount * Signature.Length) + slot * Signature.Length,
            Signature.Length
        );

    private PublicKey SignerOf(int slot) =>
        new(MessageBytes.Slice(MessageFormat.KeysAt(MessageBytes) + slot * PublicKey.Length, PublicKey.Length));

    private void Fill(int slot, Signature signature)
    {
        if (isShared)
        {
            (wire, isShared) = ([.. wire], false);
        }

        signature.CopyTo(SlotAt(slot));
    }

    private int SlotOf(PublicKey signer)
    {
        for (var slot = 0; slot < signatureCount; slot++)
        {
            if (SignerOf(slot) == signer)
            {
                return slot;
            }
        }

        throw new ArgumentException($"{signer} is no signer of this transaction.", nameof(signer));
    }
}
