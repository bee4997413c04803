using Clones.Persistence.Ledger;

namespace Clones.Simulation.Store;

/// <summary>The tables of the ledger, and the one row of the fence. Movements of money are not kept: no decision hangs on them.</summary>
internal sealed class LedgerTables
{
    public Dictionary<string, ChainLanding> Landings { get; private init; } = [];

    public HashSet<(Guid Wallet, string Signature)> Known { get; private init; } = [];

    public Dictionary<(Guid Wallet, string Address), ulong> ScannedSlots { get; private init; } = [];

    public long Raising { get; set; } = 1;

    public bool IsOpen { get; set; } = true;

    public int Identity { get; set; }

    public ulong? BlockHeight { get; set; }

    public string? Reason { get; set; }

    public long Heartbeat { get; set; }

    public LedgerTables Copy() =>
        new()
        {
            Landings = new(Landings),
            Known = [.. Known],
            ScannedSlots = new(ScannedSlots),
            Raising = Raising,
            IsOpen = IsOpen,
            Identity = Identity,
            BlockHeight = BlockHeight,
            Reason = Reason,
            Heartbeat = Heartbeat,
        };
}
