using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

/// <summary>Optional values as token accounts store them: a tag of four bytes, and the room for the value in any case.</summary>
internal static class TokenOption
{
    public static PublicKey? ReadKey(ref WireReader reader)
    {
        var isSome = ReadTag(ref reader);
        var key = reader.ReadPublicKey();
        return isSome ? key : null;
    }

    public static ulong? ReadUInt64(ref WireReader reader)
    {
        var isSome = ReadTag(ref reader);
        var value = reader.ReadUInt64();
        return isSome ? value : null;
    }

    public static bool ReadBool(ref WireReader reader) =>
        reader.ReadByte() switch
        {
            0 => false,
            1 => true,
            _ => throw new FormatException("A flag is neither 0 nor 1."),
        };

    private static bool ReadTag(ref WireReader reader) =>
        reader.ReadUInt32() switch
        {
            0 => false,
            1 => true,
            _ => throw new FormatException("An option is neither 0 nor 1."),
        };
}
