namespace Clones.Domain.Wallets;

/// <summary>The mint of an agent's token: made once per agent and stored encrypted before anything is sent, so that no retry makes a second.</summary>
public sealed class EncryptedMintKey
{
    public required Guid AgentId { get; init; }

    /// <summary>Mint address, base58.</summary>
    public required string Mint { get; init; }
    public required string EncryptedPrivateKey { get; init; }

    /// <inheritdoc cref="DepositWalletKey.MasterKey"/>
    public string? MasterKey { get; private init; }
    public required DateTimeOffset CreatedAt { get; init; }
}
