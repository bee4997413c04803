using Clones.Domain.Ledger;

namespace Clones.Simulation.Store;

/// <summary>The tables of the ledger, and the one row of the fence.</summary>
internal sealed class LedgerTables
{
    public Dictionary<string, OnChainTransaction> OnChainRecords { get; private init; } = [];

    /// <summary>By wallet and transaction.</summary>
    public Dictionary<(Guid Wallet, string Signature), IReadOnlyList<WalletMovement>> Movements { get; private init; } = [];

    public Dictionary<Guid, WalletComparison> Comparisons { get; private init; } = [];

    public Dictionary<(Guid Wallet, string Address), ulong> ScannedSlots { get; private init; } = [];

    public long Raising { get; set; } = 1;

    public bool IsOpen { get; set; } = true;

    public int Identity { get; set; }

    public ulong? BlockHeight { get; set; }

    public bool Held { get; set; }

    public string? Reason { get; set; }

    public DateTimeOffset? RaisedAt { get; set; }

    public DateTimeOffset? OpenedAt { get; set; }

    public long Heartbeat { get; set; }

    public LedgerTables Copy() =>
        new()
        {
            OnChainRecords = new(OnChainRecords),
            Movements = new(Movements),
            Comparisons = Comparisons.ToDictionary(c => c.Key, c => Row<WalletComparison>.Copy(c.Value)),
            ScannedSlots = new(ScannedSlots),
            Raising = Raising,
            IsOpen = IsOpen,
            Identity = Identity,
            BlockHeight = BlockHeight,
            Held = Held,
            Reason = Reason,
            RaisedAt = RaisedAt,
            OpenedAt = OpenedAt,
            Heartbeat = Heartbeat,
        };
}
