using Clones.Domain.Transactions;

namespace Clones.Persistence.Transactions;

/// <summary>Statuses of transactions as statements and partial indexes name them, by the transition tables.</summary>
public static class StatusLists
{
    /// <summary>An open transaction has none of these.</summary>
    public static SqlText Ends { get; } = SqlText.ListOf(TransactionTransitions.Ends);

    /// <summary>What has ended without effect: an agent has at most one transaction of a kind that has neither.</summary>
    public static SqlText EndsWithoutEffect { get; } =
        SqlText.ListOf(TransactionTransitions.Ends.Where(status => status != TransactionStatus.Finalized));

    /// <summary>Open, and to be signed next.</summary>
    public static SqlText ToPrepare { get; } = SqlText.ListOf(TransactionTransitions.ToPrepare);

    /// <summary>Open, with an attempt that may land.</summary>
    public static SqlText InFlight { get; } = SqlText.ListOf(TransactionTransitions.InFlightStatuses);
}
