using Clones.Solana.Primitives;

namespace Clones.Solana.Messages;

/// <summary>An account as an instruction asks for it.</summary>
public readonly record struct AccountMeta(PublicKey PublicKey, bool IsSigner, bool IsWritable)
{
    public static AccountMeta Writable(PublicKey key, bool isSigner = false) => new(key, isSigner, true);

    public static AccountMeta ReadOnly(PublicKey key, bool isSigner = false) => new(key, isSigner, false);
}
