using Clones.Solana.Primitives;

namespace Clones.Chaos.Work;

/// <summary>A training pool of the run.</summary>
/// <param name="Mint">Of the token it pays in; null for SOL.</param>
/// <param name="PriceBaseUnits">Reward of score 100.</param>
internal sealed record ChaosPool(Guid Id, PublicKey Wallet, string Symbol, PublicKey? Mint, int Decimals, ulong PriceBaseUnits);
