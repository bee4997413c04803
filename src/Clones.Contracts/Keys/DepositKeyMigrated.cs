namespace Clones.Contracts.Keys;

/// <summary>The key of a deposit wallet was encrypted anew, on use.</summary>
public sealed record DepositKeyMigrated
{
    public required Guid WalletId { get; init; }

    /// <summary><c>plaintext</c> and <c>v1-unbound</c> (of the old system), <c>v1</c>, <c>v2</c>, .., <c>transit-v1</c>, ..</summary>
    public required string FromKey { get; init; }

    /// <inheritdoc cref="FromKey"/>
    public required string ToKey { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
}
