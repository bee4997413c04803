using Clones.Solana.Primitives;

namespace Clones.Solana.Messages;

/// <summary>The wire format of legacy and version 0 messages; those of version 1 are handed on.</summary>
internal static class MessageFormat
{
    private const byte VersionFlag = 0x80;
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

    public static int Size(Message message)
    {
        var size = 3 + ShortVec.Size(message.AccountKeys.Count) + message.AccountKeys.Count * PublicKey.Length + Blockhash.Length;
        size += ShortVec.Size(message.Instructions.Count);
        foreach (var instruction in message.Instructions)
        {
            size += 1 + SizeOfBytes(instruction.AccountIndexes.Count) + SizeOfBytes(instruction.Data.Length);
        }

        if (message.Version == MessageVersion.Legacy)
        {
            return size;
        }

        size += 1 + ShortVec.Size(message.Lookups.Count);
        foreach (var lookup in message.Lookups)
        {
            size += PublicKey.Length + SizeOfBytes(lookup.WritableIndexes.Count) + SizeOfBytes(lookup.ReadOnlyIndexes.Count);
        }

        return size;
    }

    public static byte[] Write(Message message)
    {
        if (message.Version == MessageVersion.V1)
        {
            return MessageFormatV1.Write(message);
        }

        var data = new byte[Size(message)];
        var at = 0;
        if (message.Version == MessageVersion.V0)
        {
            data[at++] = VersionFlag;
        }

        data[at++] = message.Header.RequiredSignatures;
        data[at++] = message.Header.ReadOnlySigned;
        data[at++] = message.Header.ReadOnlyUnsigned;
        at += ShortVec.Write(data.AsSpan(at), message.AccountKeys.Count);
        foreach (var key in message.AccountKeys)
        {
            key.CopyTo(data.AsSpan(at));
            at += PublicKey.Length;
        }

        message.RecentBlockhash.CopyTo(data.AsSpan(at));
        at += Blockhash.Length;
        at += ShortVec.Write(data.AsSpan(at), message.Instructions.Count);
        foreach (var instruction in message.Instructions)
        {
            data[at++] = instruction.ProgramIdIndex;
            at += WriteBytes(data.AsSpan(at), instruction.AccountIndexes);
            at += WriteBytes(data.AsSpan(at), instruction.Data);
        }

        if (message.Version == MessageVersion.V0)
        {
            at += ShortVec.Write(data.AsSpan(at), message.Lookups.Count);
            foreach (var lookup in message.Lookups)
            {
                lookup.TableKey.CopyTo(data.AsSpan(at));
                at += PublicKey.Length;
                at += WriteBytes(data.AsSpan(at), lookup.WritableIndexes);
                at += WriteBytes(data.AsSpan(at), lookup.ReadOnlyIndexes);
            }
        }

        return data;
    }

    /// <summary>Reads a count and rejects one that the rest of the data cannot hold, before anything is allocated for it.</summary>
    private static int ReadCount(ref WireReader reader, int bytesEach)
    {
        var count = ShortVec.Read(ref reader);
        return count * bytesEach <= reader.Remaining ? count : throw new FormatException("The data ends too early.");
    }

    private static byte[] ReadBytes(ref WireReader reader) => reader.Read(ShortVec.Read(ref reader)).ToArray();

    private static int SizeOfBytes(int count) => ShortVec.Size(count) + count;

    private static int WriteBytes(Span<byte> destination, IReadOnlyList<byte> bytes)
    {
        var at = ShortVec.Write(destination, bytes.Count);
        for (var i = 0; i < bytes.Count; i++)
        {
            destination[at++] = bytes[i];
        }

        return at;
    }
}
