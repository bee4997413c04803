using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

public static class Sysvars
{
    public static PublicKey Rent { get; } = PublicKey.Parse("SysvarRent111111111111111111111111111111111");

    public static PublicKey RecentBlockhashes { get; } = PublicKey.Parse("SysvarRecentB1ockHashes11111111111111111111");

    public static PublicKey Clock { get; } = PublicKey.Parse("SysvarC1ock11111111111111111111111111111111");
}
