namespace Clones.Persistence.Settlement;

/// <summary>Which attempts may still land. The fence of signing (a unique index), the verdicts and the guards of the lifecycle all read it here.</summary>
public static class LiveAttempts
{
    public static IReadOnlyList<AttemptStatus> Statuses { get; } =
    [AttemptStatus.Submitted, AttemptStatus.Signed, AttemptStatus.Broadcast, AttemptStatus.Confirmed, AttemptStatus.Unresolved];

    /// <summary>Live and completely signed: their bytes may be sent, as often as one likes.</summary>
    public static IReadOnlyList<AttemptStatus> SendableStatuses { get; } = [.. Statuses.Where(s => s != AttemptStatus.Submitted)];

    public static bool IsLive(this AttemptStatus status) => Statuses.Contains(status);

    public static bool IsSendable(this AttemptStatus status) => SendableStatuses.Contains(status);
}
