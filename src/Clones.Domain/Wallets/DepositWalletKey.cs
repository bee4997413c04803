namespace Clones.Domain.Wallets;

/// <summary>
/// The stored key of a deposit wallet: the same row of the database, and a type of its own, so that whoever reads a wallet (the API does)
/// never has its key on the wire or in memory. What the old system left may be plaintext: it is not read through here, but as bytes, by the vault.
/// </summary>
public sealed class DepositWalletKey
{
    public Guid WalletId { get; init; }

    /// <summary>In one of the stored forms of the key vault.</summary>
    public required string EncryptedPrivateKey { get; init; }

    /// <summary>
    /// What it is under, read off the stored text by the database itself: <c>plaintext</c>, <c>v1-unbound</c> (the old system's form), <c>v1</c>,
    /// <c>v2</c>, .., <c>transit-v1</c>, .. (Vault), or <c>unknown</c>.
    /// </summary>
    public string? MasterKey { get; private init; }
}
