using Clones.Domain.Wallets;
using Clones.Solana.Primitives;

namespace Clones.Domain.Payments;

/// <summary>One deposit wallet as the database shows it while its row is locked: what <see cref="PaymentAcceptanceRule"/> goes by.</summary>
public sealed record WalletUnderLock
{
    public required Guid Id { get; init; }
    public required PublicKey Address { get; init; }

    /// <inheritdoc cref="DepositWallet.SettledSlot"/>
    public required ulong SettledSlot { get; init; }

    /// <summary>The highest slot to which the ledger has read the wallet's history; 0 where it has not.</summary>
    public ulong LedgerSlot { get; init; }

    /// <summary>Whether the owner has paused its training pool.</summary>
    public bool PoolIsPaused { get; init; }

    /// <inheritdoc cref="Pools.TrainingPool.PayoutBatch"/>
    public int PayoutBatch { get; init; } = 1;

    /// <summary>Open reservations by mint; <see cref="AvailableFunds.Lamports"/> for lamports.</summary>
    public IReadOnlyDictionary<string, UInt128> Reserved { get; init; } = new Dictionary<string, UInt128>();

    /// <summary>The rewards that wait, by mint.</summary>
    public IReadOnlyDictionary<string, WaitingRewards> Waiting { get; init; } = new Dictionary<string, WaitingRewards>();

    /// <summary>Which of the payments stand on chain already, by their tags (<see cref="Payment.Tag"/>), and in which slot.</summary>
    public IReadOnlyDictionary<Guid, ulong> OnChain { get; init; } = new Dictionary<Guid, ulong>();
}

/// <summary>
/// The rewards that wait for one kind of funds of one wallet. First come, first served: a stream of small payments that are served at once
/// would keep a large one waiting for ever. Withdrawals are the owner's own word about the owner's funds and stand in no queue.
/// </summary>
/// <param name="Amount">Base units of the mint, or lamports, all together.</param>
public readonly record struct WaitingRewards(int Count, UInt128 Amount)
{
    public WaitingRewards With(ulong amount) => new(Count + 1, Amount + amount);
}
