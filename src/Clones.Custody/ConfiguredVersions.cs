namespace Clones.Custody;

/// <summary>Which versions of our own have their secrets here.</summary>
public sealed class ConfiguredVersions(IEnumerable<int> versions)
{
    private readonly HashSet<string> names = [.. versions.Select(MasterKeyName.Of).SelectMany(MasterKeyName.NeedingIt)];

    /// <summary>False where the secret is not here (any more); true of Vault's versions, which are not distinguished, and false of plaintext.</summary>
    public bool MayOpen(string masterKey) => names.Contains(masterKey) || MasterKeyName.IsTransit(masterKey);
}
