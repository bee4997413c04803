namespace Clones.Workers.Keys;

/// <summary>A stored key does not open. The message names the wallet and the version, never any part of what is stored.</summary>
internal sealed class KeyUnusableException(KeyBinding binding, int? version, string reason)
    : Exception($"The {binding}{(version is { } v ? $" under version {v}" : "")} cannot be used: {reason}")
{
    public int? Version { get; } = version;
}
