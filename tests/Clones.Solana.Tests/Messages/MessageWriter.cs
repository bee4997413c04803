using System.Buffers.Binary;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Solana.Tests.Messages;

/// <summary>
/// Writes a message from its parts. The product keeps the bytes that it has read; whether it could have read the same from other bytes shows
/// only who writes them anew.
/// </summary>
internal static class MessageWriter
{
    public static byte[] Rewritten(this Message message) => message.Version == MessageVersion.V1 ? V1(message) : LegacyOrV0(message);

    private static byte[] LegacyOrV0(Message message) =>
        [
            .. message.Version == MessageVersion.V0 ? (byte[])[0x80] : [],
            .. Header(message),
            .. Length(message.AccountKeys.Count),
            .. message.AccountKeys.SelectMany(key => key.ToArray()),
            .. message.RecentBlockhash.ToArray(),
            .. Length(message.Instructions.Count),
            .. message.Instructions.SelectMany(i => (byte[])[i.ProgramIdIndex, .. WithLength(i.AccountIndexes), .. WithLength(i.Data)]),
            .. message.Version == MessageVersion.V0 ? Lookups(message) : [],
        ];

    private static byte[] Lookups(Message message) =>
        [
            .. Length(message.Lookups.Count),
            .. message.Lookups.SelectMany(l =>
                (byte[])[.. l.TableKey.ToArray(), .. WithLength(l.WritableIndexes), .. WithLength(l.ReadOnlyIndexes)]
            ),
        ];

    private static byte[] V1(Message message)
    {
        var config = message.Config!;
        // Two bits for the priority fee, which has two words.
        uint?[] words =
        [
            (uint?)config.PriorityFeeLamports,
            (uint?)(config.PriorityFeeLamports >> 32),
            config.ComputeUnitLimit,
            config.LoadedDataBytesMax,
            config.HeapBytes,
        ];
        return
        [
            0x81,
            .. Header(message),
            .. UInt32((uint)words.Select((word, bit) => word is null ? 0 : 1 << bit).Sum()),
            .. message.RecentBlockhash.ToArray(),
            (byte)message.Instructions.Count,
            (byte)message.AccountKeys.Count,
            .. message.AccountKeys.SelectMany(key => key.ToArray()),
            .. words.OfType<uint>().SelectMany(UInt32),
            .. message.Instructions.SelectMany(i =>
                (byte[])[i.ProgramIdIndex, (byte)i.AccountIndexes.Count, (byte)i.Data.Length, (byte)(i.Data.Length >> 8)]
            ),
            .. message.Instructions.SelectMany(i => (byte[])[.. i.AccountIndexes, .. i.Data]),
        ];
    }

    private static byte[] Header(Message message) =>
        [message.Header.RequiredSignatures, message.Header.ReadOnlySigned, message.Header.ReadOnlyUnsigned];

    private static byte[] WithLength(IReadOnlyCollection<byte> bytes) => [.. Length(bytes.Count), .. bytes];

    private static byte[] Length(int value) =>
        value switch
        {
            < 0x80 => [(byte)value],
            < 0x4000 => [(byte)(value | 0x80), (byte)(value >> 7)],
            _ => [(byte)(value | 0x80), (byte)(value >> 7 | 0x80), (byte)(value >> 14)],
        };

    private static byte[] UInt32(uint value)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
