namespace Clones.Domain.Keys;

/// <summary>By what a master key is known again without being known: written when the first key came under it, never changed.</summary>
public sealed class MasterKeyCheck
{
    /// <summary><c>v1</c>, <c>v2</c>, ..</summary>
    public required string MasterKey { get; init; }

    /// <summary>HMAC-SHA256 under the master key over <c>clones master key NAME</c>, lower case hex.</summary>
    public required string CheckValue { get; init; }
    public required DateTimeOffset FirstSeenAt { get; init; }
}
