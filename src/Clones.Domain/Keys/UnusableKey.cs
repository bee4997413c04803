namespace Clones.Domain.Keys;

/// <summary>
/// A stored key that does not open now: one row for each, gone with the next success. Whoever waits for the key asks here before the chain is
/// read in vain, and each try is later than the one before. All times are the database's.
/// </summary>
public sealed class UnusableKey
{
    /// <summary><see cref="WalletKeyEvent.Deposit"/> or <see cref="WalletKeyEvent.Mint"/>.</summary>
    public required string Purpose { get; init; }

    /// <summary>Of the wallet, or of the agent whose mint it is.</summary>
    public required Guid KeyId { get; init; }

    /// <summary>Base58.</summary>
    public required string Address { get; init; }

    /// <summary>Of the last try, for operators; names master keys and settings, never anything of what is stored.</summary>
    public required string Reason { get; init; }

    /// <summary>Tries in a row that failed. Several payments that fail at once are one try.</summary>
    public required int FailedTries { get; init; }
    public required DateTimeOffset FailedSince { get; init; }

    /// <summary>Before this nobody tries it.</summary>
    public required DateTimeOffset NextTryAt { get; init; }
}
