using Clones.Chaos.Work;

namespace Clones.Chaos.Audit;

/// <summary>What the clients were told, what the database says, and what the chain shows: three accounts of one run.</summary>
/// <param name="Accepted">Payment ids by order number, as the clients heard them.</param>
/// <param name="Rejected">Orders of which every sender was told that they are rejected.</param>
/// <param name="Told">For each payment how many different messages said that it is complete.</param>
/// <param name="Wallets">By index of the pool.</param>
/// <param name="Holdings">Of each person who is paid once only: what the chain shows that they hold, by order number.</param>
/// <param name="LivingAccounts">Mints and liquidity pools named by the agents' rows that are there on chain.</param>
internal sealed record Evidence(
    ulong Seed,
    IReadOnlyList<PaymentOrder> Orders,
    IReadOnlyDictionary<int, Guid> Accepted,
    IReadOnlyCollection<int> Rejected,
    IReadOnlyDictionary<Guid, int> Told,
    DatabaseReading Database,
    IReadOnlyList<ChaosPool> Pools,
    IReadOnlyList<WalletOnChain> Wallets,
    IReadOnlyDictionary<int, ulong> Holdings,
    IReadOnlySet<string> LivingAccounts,
    ulong TokenAccountRent
)
{
    /// <summary>What the owner's wallet paid for: deployments that an owner pays are in no deposit wallet's history.</summary>
    public IReadOnlyList<ChainEntry> PaidByOwner { get; init; } = [];

    /// <summary>Each transaction once, also where two wallets signed it.</summary>
    public IEnumerable<ChainEntry> Entries =>
        Wallets.SelectMany(wallet => wallet.History).Concat(PaidByOwner).DistinctBy(entry => entry.Signature);

    /// <summary>The payment that an order became: as its client heard it, or as the database decided on a submission; empty where there is none.</summary>
    public Guid PaymentOf(PaymentOrder order) =>
        order.Kind == RequestKind.Submission
            ? Database.DecidedSubmissions.GetValueOrDefault(order.KeyOf(Seed)) ?? Guid.Empty
            : Accepted.GetValueOrDefault(order.Number);
}
