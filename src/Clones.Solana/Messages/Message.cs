using Clones.Solana.Primitives;

namespace Clones.Solana.Messages;

/// <summary>What signers sign: the accounts, a recent blockhash and the instructions. Immutable and always well-formed.</summary>
public sealed class Message
{
    private byte[] bytes = [];

    internal Message(
        MessageVersion version,
        MessageHeader header,
        IReadOnlyList<PublicKey> accountKeys,
        Blockhash recentBlockhash,
        IReadOnlyList<CompiledInstruction> instructions,
        IReadOnlyList<MessageLookup> lookups
    )
    {
        Version = version;
        Header = header;
        AccountKeys = accountKeys;
        RecentBlockhash = recentBlockhash;
        Instructions = instructions;
        Lookups = lookups;
        Signers = [.. accountKeys.Take(header.RequiredSignatures)];
        MessageRules.Check(this);
    }

    public MessageVersion Version { get; }

    public MessageHeader Header { get; }

    /// <summary>The accounts written in the message itself, fee payer first; looked-up ones are not among them.</summary>
    public IReadOnlyList<PublicKey> AccountKeys { get; }

    /// <summary>A recent blockhash, or the value of a durable nonce.</summary>
    public Blockhash RecentBlockhash { get; }

    public IReadOnlyList<CompiledInstruction> Instructions { get; }

    /// <summary>Of version 1; null for the others.</summary>
    public MessageConfig? Config { get; internal init; }

    /// <summary>Empty but for version 0.</summary>
    public IReadOnlyList<MessageLookup> Lookups { get; }

    /// <summary>Who must sign, in the order of the transaction's signatures.</summary>
    public IReadOnlyList<PublicKey> Signers { get; }

    public PublicKey FeePayer => AccountKeys[0];

    internal ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>Reads exactly one message.</summary>
    /// <exception cref="FormatException">
    /// Cut off, bytes left over, lengths not in shortest form, indexes out of range, duplicate accounts or an unknown version.
    /// </exception>
    public static Message Deserialize(ReadOnlySpan<byte> data)
    {
        var message = Read(data);
        return message.bytes.Length == data.Length
            ? message
            : throw new FormatException($"{data.Length - message.bytes.Length} bytes too many at the end.");
    }

    public byte[] Serialize() => [.. bytes];

    /// <summary>Reads the message that the data begins with.</summary>
    /// <exception cref="FormatException">As in <see cref="Deserialize"/>, but for bytes left over.</exception>
    internal static Message Read(ReadOnlySpan<byte> data)
    {
        var reader = new WireReader(data);
        var message = MessageFormat.Read(ref reader);
        message.bytes = [.. data[..^reader.Remaining]];
        return message;
    }

    /// <summary>Whether an account written in the message itself may be changed by it.</summary>
    public bool IsWritable(int accountIndex) =>
        accountIndex < Header.RequiredSignatures
            ? accountIndex < Header.RequiredSignatures - Header.ReadOnlySigned
            : accountIndex < AccountKeys.Count - Header.ReadOnlyUnsigned;

    /// <summary>The instructions with addresses in place of numbers.</summary>
    /// <param name="tables">The content of every lookup table that the message uses.</param>
    /// <exception cref="ArgumentException">A table is missing or too short.</exception>
    public IReadOnlyList<Instruction> Decompile(params ReadOnlySpan<LookupTable> tables) => MessageDecompiler.Decompile(this, tables);
}
