namespace Clones.Domain.Transactions;

/// <summary>
/// A transaction: the intent (payments, a token creation, a pool creation) that is executed on chain exactly once, by attempts.
/// </summary>
public sealed class ChainTransaction
{
    private TransactionStatus status;

    /// <summary>By <see cref="TransactionIds"/>: the same intent has the same id, even after the database has forgotten it.</summary>
    public required Guid Id { get; init; }
    public required TransactionKind Kind { get; init; }
    public required TransactionStatus Status
    {
        get => status;
        init => status = value;
    }

    /// <summary>The deposit wallet that pays and signs; of an attempt that its owner pays, the one of the same training pool, which does neither.</summary>
    public required Guid WalletId { get; init; }

    /// <summary>The agent, for token and pool creations.</summary>
    public Guid? AgentId { get; init; }

    /// <summary>
    /// Finalized slot at which the balance was read that its funds were reserved from. A node that has not reached it knows nothing of them,
    /// so what it says against the transaction does not count. 0 where nothing was reserved.
    /// </summary>
    public ulong AcceptedSlot { get; init; }

    /// <summary>Number of the latest attempt; 0 before the first.</summary>
    public int AttemptNumber { get; set; }

    /// <summary>
    /// How often in a row the simulation before signing failed. Nothing was signed, so that after some it may fail safely.
    /// </summary>
    public int PreparationFailures { get; set; }

    /// <summary>
    /// Messages in a row that asked for its next step (see <see cref="WakeUp"/>) and were followed by none: each makes the next one later.
    /// </summary>
    public int WakeUps { get; set; }

    /// <summary>For people: why it failed, waits or is unresolved.</summary>
    public string? Reason { get; set; }

    /// <summary>
    /// What a token or pool creation made, as JSON of <see cref="DeploymentMade"/>: written when the finalized chain was read and shows what was
    /// promised. The lifecycle believes a success by this, whatever a message says.
    /// </summary>
    public string? Made { get; set; }

    /// <summary>Who works on it now, and until when by the clock of the database; any worker takes over after that.</summary>
    public string? LeaseOwner { get; set; }
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>When reconciliation checks it again, by the clock of the database.</summary>
    public DateTimeOffset NextCheckAt { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? SettledAt { get; set; }
    public List<TransactionAttempt> Attempts { get; } = [];

    /// <exception cref="IllegalTransitionException"><see cref="TransactionTransitions"/> does not list the change.</exception>
    public void MoveTo(TransactionStatus next) => status = TransactionTransitions.Of(Kind).Require(status, next, Id);
}
