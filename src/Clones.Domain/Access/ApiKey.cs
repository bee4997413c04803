namespace Clones.Domain.Access;

/// <summary>A key of a service or an operator. The key itself is shown once and not stored.</summary>
public sealed class ApiKey
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }

    /// <summary>SHA-256 of the key (it has 256 bits of entropy, so no slow hash is needed).</summary>
    public required byte[] KeyHash { get; init; }

    /// <summary>E.g. <c>payments:write</c>, <c>ops</c>.</summary>
    public required List<string> Scopes { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? RevokedAt { get; set; }
}
