namespace Clones.Domain.Keys;

/// <summary>A stored key does not open. The message names the wallet and the master key, never any part of what is stored.</summary>
public class KeyUnusableException(KeyBinding binding, string? masterKey, string reason)
    : Exception($"The {binding}{(masterKey is null ? "" : $" under {masterKey}")} cannot be used: {reason}")
{
    public KeyBinding Binding { get; } = binding;

    /// <summary>Null where even that is unknown.</summary>
    public string? MasterKey { get; } = masterKey;
    public string Reason { get; } = reason;
}

/// <summary>
/// The master key is not known to this process. While a new one is rolled out another replica may have it already, and this one will: the message
/// waits, and no payment fails of it.
/// </summary>
public class MasterKeyMissingException(KeyBinding binding, string masterKey, string reason)
    : KeyUnusableException(binding, masterKey, reason),
        ITransientFailure;

/// <summary>Who keeps the master key does not answer: no key opens now, and none of them is to blame.</summary>
public sealed class MasterKeyAwayException(KeyBinding binding, string masterKey, string reason)
    : MasterKeyMissingException(binding, masterKey, reason);
