using System.Linq.Expressions;
using Clones.Domain.Agents;

namespace Clones.Domain.Transactions;

/// <summary>Which attempts may still land: ask <see cref="MayLand"/>. The fence of signing (a unique index), the decisions and the guards of the lifecycle all read it here.</summary>
public static class LiveAttempts
{
    public static IReadOnlyList<AttemptStatus> Statuses { get; } =
    [AttemptStatus.Submitted, AttemptStatus.Signed, AttemptStatus.Broadcast, AttemptStatus.Confirmed, AttemptStatus.Unresolved];

    /// <summary>Live and completely signed: their bytes may be sent, as often as one likes.</summary>
    public static IReadOnlyList<AttemptStatus> SendableStatuses { get; } = [.. Statuses.Where(s => s != AttemptStatus.Submitted)];

    /// <summary><see cref="MayLand"/> for queries.</summary>
    public static Expression<Func<TransactionAttempt, bool>> MayLandFilter { get; } =
        attempt =>
            Statuses.Contains(attempt.Status) || (attempt.Status == AttemptStatus.Prepared && attempt.Payer == DeploymentPayer.Owner);

    /// <summary>
    /// Whether an attempt may land on chain, or may have landed already, as far as the database knows: one that is live, and one that is prepared
    /// for an owner who pays, since it lacks no signature but the owner's, and nobody has to tell us when that is given and sent. Only an
    /// expiry proof ends this, or the chain. An attempt of which this holds is never replaced, withdrawn or cancelled.
    /// </summary>
    public static bool MayLand(this TransactionAttempt attempt) => attempt.Status.IsLive() || attempt.IsInOwnersHands();

    /// <summary>
    /// Whether only the owner knows if it was sent: prepared, paid by the owner, and not handed in. Its signature on chain is not known, so that
    /// it is found by its memo, or by what it made.
    /// </summary>
    public static bool IsInOwnersHands(this TransactionAttempt attempt) =>
        attempt is { Status: AttemptStatus.Prepared, Payer: DeploymentPayer.Owner };

    public static bool IsLive(this AttemptStatus status) => Statuses.Contains(status);

    public static bool IsSendable(this AttemptStatus status) => SendableStatuses.Contains(status);
}
