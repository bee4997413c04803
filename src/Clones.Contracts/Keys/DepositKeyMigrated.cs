namespace Clones.Contracts.Keys;

/// <summary>The key of a deposit wallet was encrypted anew, on use. Version 0 is the plaintext of the old system.</summary>
public sealed record DepositKeyMigrated
{
    public required Guid WalletId { get; init; }
    public required int FromVersion { get; init; }
    public required int ToVersion { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
}
