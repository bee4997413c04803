using Clones.Solana.Primitives;

namespace Clones.Solana.Messages;

/// <summary>
/// The wire format of version 1 (SIMD-0385): counts of one byte, all headers of instructions before all their contents, the compute budget in the
/// message, no lookup tables. In a transaction the signatures follow the message.
/// </summary>
internal static class MessageFormatV1
{
    /// <summary>The version byte, with which transaction and message begin.</summary>
    public const byte Prefix = 0x81;

    public const int TransactionBytesMax = 4_096;
    private const int SignaturesMax = 12;
    private const int AccountsMax = 64;
    private const int InstructionsMax = 64;
    public const int HeaderBytes = 1 + 3 + sizeof(uint) + Blockhash.Length + 2;
    private const uint HeapBytesMin = 32 * 1_024;
    private const uint HeapBytesMax = 256 * 1_024;

    [Flags]
    private enum Mask : uint
    {
        PriorityFee = 0b11,
        ComputeUnitLimit = 0b100,
        LoadedDataBytesMax = 0b1000,
        HeapBytes = 0b1_0000,
        All = 0b1_1111,
    }

    /// <summary>Reads what follows the version byte.</summary>
    public static Message Read(ref WireReader reader)
    {
        var header = new MessageHeader(reader.ReadByte(), reader.ReadByte(), reader.ReadByte());
        var mask = (Mask)reader.ReadUInt32();
        var blockhash = new Blockhash(reader.Read(Blockhash.Length));
        var (instructionCount, accountCount) = (reader.ReadByte(), reader.ReadByte());
        Require(header.RequiredSignatures <= SignaturesMax, $"More than {SignaturesMax} signatures.");
        Require(accountCount <= AccountsMax, $"More than {AccountsMax} accounts.");
        Require(instructionCount <= InstructionsMax, $"More than {InstructionsMax} instructions.");
        var keys = new PublicKey[accountCount];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = reader.ReadPublicKey();
        }

        var config = ReadConfig(ref reader, mask);
        var headers = new (byte Program, byte Accounts, ushort Bytes)[instructionCount];
        for (var i = 0; i < headers.Length; i++)
        {
            headers[i] = (reader.ReadByte(), reader.ReadByte(), reader.ReadUInt16());
        }

        var instructions = new CompiledInstruction[instructionCount];
        for (var i = 0; i < instructions.Length; i++)
        {
            var (program, accounts, bytes) = headers[i];
            instructions[i] = new CompiledInstruction(program, reader.Read(accounts).ToArray(), reader.Read(bytes).ToArray());
        }

        return new Message(MessageVersion.V1, header, keys, blockhash, instructions, []) { Config = config };
    }

    private static MessageConfig ReadConfig(ref WireReader reader, Mask mask)
    {
        // What a bit that we do not know means, and how long it is, nobody can guess.
        Require((mask & ~Mask.All) == 0, "The config asks for something unknown.");
        Require((mask & Mask.PriorityFee) is 0 or Mask.PriorityFee, "The config gives half a priority fee.");
        ulong? fee = (mask & Mask.PriorityFee) == 0 ? null : reader.ReadUInt64();
        uint? units = (mask & Mask.ComputeUnitLimit) == 0 ? null : reader.ReadUInt32();
        uint? loaded = (mask & Mask.LoadedDataBytesMax) == 0 ? null : reader.ReadUInt32();
        uint? heap = (mask & Mask.HeapBytes) == 0 ? null : reader.ReadUInt32();
        Require(
            heap is null or (>= HeapBytesMin and <= HeapBytesMax) && heap.GetValueOrDefault() % 1_024 == 0,
            "The heap is not of 32 to 256 whole KiB."
        );
        return new MessageConfig(fee, units, loaded, heap);
    }

    private static void Require(bool condition, string complaint)
    {
        if (!condition)
        {
            throw new FormatException(complaint);
        }
    }
}
