using Clones.Domain.Keys;

namespace Clones.Persistence.Keys;

/// <summary>A key as it is stored. What the old system left may be plaintext, hence the pinned memory.</summary>
/// <param name="IsUnusable">It did not open when it was last tried.</param>
public sealed record StoredKeyRow(KeyBinding Binding, PinnedBytes Stored, bool IsUnusable) : IDisposable
{
    public void Dispose() => Stored.Dispose();

    public override string ToString() => $"{Binding}";
}

/// <summary>The stored text of a key is to become another, if it is still the one with this hash.</summary>
public sealed record KeySwap(KeyBinding Binding, byte[] StoredHash, string Fresh);
