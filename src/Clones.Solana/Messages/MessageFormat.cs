using Clones.Solana.Primitives;

namespace Clones.Solana.Messages;

/// <summary>Reads the wire format of legacy and version 0 messages; those of version 1 are handed on.</summary>
internal static class MessageFormat
{
    public const byte VersionFlag = 0x80;
    private const int LookupBytesMin = PublicKey.Length + 2;
    private const int InstructionBytesMin = 3;

    public static Message Read(ref WireReader reader)
    {
        // The top bit of the first byte marks a version; in a legacy message that byte counts signatures and stays far below.
        var version = MessageVersion.Legacy;
        if ((reader.Peek() & VersionFlag) != 0)
        {
            var number = reader.ReadByte() & ~VersionFlag;
            if (number == 1)
            {
                return MessageFormatV1.Read(ref reader);
            }

            version = number == 0 ? MessageVersion.V0 : throw new FormatException($"Message version {number} is unknown.");
        }

        var header = new MessageHeader(reader.ReadByte(), reader.ReadByte(), reader.ReadByte());
        var keys = new PublicKey[ReadCount(ref reader, PublicKey.Length)];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = reader.ReadPublicKey();
        }

        var blockhash = new Blockhash(reader.Read(Blockhash.Length));
        var instructions = new CompiledInstruction[ReadCount(ref reader, InstructionBytesMin)];
        for (var i = 0; i < instructions.Length; i++)
        {
            instructions[i] = new CompiledInstruction(reader.ReadByte(), ReadBytes(ref reader), ReadBytes(ref reader));
        }

        MessageLookup[] lookups = [];
        if (version == MessageVersion.V0)
        {
            lookups = new MessageLookup[ReadCount(ref reader, LookupBytesMin)];
            for (var i = 0; i < lookups.Length; i++)
            {
                lookups[i] = new MessageLookup(reader.ReadPublicKey(), ReadBytes(ref reader), ReadBytes(ref reader));
            }
        }

        return new Message(version, header, keys, blockhash, instructions, lookups);
    }

    /// <summary>Where the accounts begin in a message that was written or read here.</summary>
    public static int KeysAt(ReadOnlySpan<byte> message)
    {
        if (message[0] == MessageFormatV1.Prefix)
        {
            return MessageFormatV1.HeaderBytes;
        }

        var count = (message[0] & VersionFlag) != 0 ? 4 : 3;
        // At most 256 accounts: the length prefix has one byte or two.
        return count + ((message[count] & 0x80) == 0 ? 1 : 2);
    }

    /// <summary>Reads a count and rejects one that the rest of the data cannot hold, before anything is allocated for it.</summary>
    private static int ReadCount(ref WireReader reader, int bytesEach)
    {
        var count = ShortVec.Read(ref reader);
        return count * bytesEach <= reader.Remaining ? count : throw new FormatException("The data ends too early.");
    }

    private static byte[] ReadBytes(ref WireReader reader) => reader.Read(ShortVec.Read(ref reader)).ToArray();
}
