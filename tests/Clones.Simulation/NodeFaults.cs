using Clones.Solana.Primitives;

namespace Clones.Simulation;

/// <summary>What is wrong with a node now. Those under "lies" are never set for more nodes than may lie.</summary>
internal sealed class NodeFaults
{
    public bool Down { get; set; }
    public bool RateLimited { get; set; }

    /// <summary>Chance that a request fails, with the request carried out or not.</summary>
    public double Flaky { get; set; }

    /// <summary>Chance that a transaction that the node took goes nowhere.</summary>
    public double Drops { get; set; }

    /// <summary>Takes transactions and then answers with a timeout.</summary>
    public bool TimesOutAfterAccepting { get; set; }

    /// <summary>Slots by which it is behind.</summary>
    public int Lag { get; set; }

    /// <summary>Started from a snapshot: it knows nothing of blocks below this height, and says so.</summary>
    public int FirstHeight { get; set; }

    /// <summary>Milliseconds that every answer takes longer.</summary>
    public int Delay { get; set; }

    /// <summary>Entries of a history that it lists in one page, whatever is asked for; 0 where it lists what is asked for.</summary>
    public int PageLimit { get; set; }

    // Lies, and what only a minority may do.
    /// <summary>Leaves about one of so many entries out of its pages; 0 where it lists all.</summary>
    public int LeavesOutEvery { get; set; }

    /// <summary>Entries that its pages never show.</summary>
    public IReadOnlyList<Signature> Omits { get; set; } = [];

    /// <summary>Chance that a page after the first is empty although there is more.</summary>
    public double LosesItsPlace { get; set; }

    /// <summary>Takes no credentials of ours: HTTP 401 with -32600.</summary>
    public bool Unauthorized { get; set; }

    public bool KnowsNothing { get; set; }
    public int HeightOffset { get; set; }
    public int LastValidOffset { get; set; }
    public bool ClaimsFinalized { get; set; }
    public bool RejectsEverything { get; set; }
    public bool TakesEveryBlockhashForOver { get; set; }

    /// <summary>Invents an execution error for what it knows.</summary>
    public bool InventsErrors { get; set; }
}
