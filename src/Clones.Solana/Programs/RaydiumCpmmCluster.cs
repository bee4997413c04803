using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

/// <summary>Where Raydium's program lives on a cluster, and who takes its pool-creation fee (a wrapped-SOL account).</summary>
public sealed record RaydiumCpmmCluster(PublicKey ProgramId, PublicKey FeeReceiver)
{
    public static RaydiumCpmmCluster Mainnet { get; } =
        new(
            PublicKey.Parse("CPMMoo8L3F4NbTegBCKVNunggL7H1ZpdTHKxQB5qKP1C"),
            PublicKey.Parse("DNXgeM9EiiaAbaWvwjHj9fQQLAX5ZsfHyvmYUNRAdNC8")
        );

    public static RaydiumCpmmCluster Devnet { get; } =
        new(
            PublicKey.Parse("DRaycpLY18LhpbydsBWbVJtxpNv9oXPgjRSfpF2bWpYb"),
            PublicKey.Parse("3oE58BKVt8KuYkGxx8zBojugnymWmBiyafWgMrnb6eYy")
        );
}

/// <summary>One side of a new pool.</summary>
/// <param name="Amount">The first deposit, in base units.</param>
public readonly record struct RaydiumCpmmSide(PublicKey Mint, PublicKey TokenProgram, ulong Amount);
