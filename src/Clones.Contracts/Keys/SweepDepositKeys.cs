namespace Clones.Contracts.Keys;

/// <summary>One step of a sweep: a batch of stored keys is encrypted anew under the current master key. A step that was done is not done again.</summary>
public sealed record SweepDepositKeys
{
    public required Guid SweepId { get; init; }
    public required int Step { get; init; }
}
