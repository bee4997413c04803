namespace Clones.Persistence.Wallets;

/// <summary>The mint of an agent's token: made once per agent and stored encrypted before anything is sent, so that no retry makes a second.</summary>
public sealed class EncryptedMintKey
{
    public required Guid AgentId { get; init; }

    /// <summary>Mint address, base58.</summary>
    public required string Mint { get; init; }
    public required string EncryptedPrivateKey { get; set; }
    public required int KeyVersion { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
}
