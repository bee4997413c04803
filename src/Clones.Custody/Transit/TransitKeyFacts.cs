namespace Clones.Custody.Transit;

/// <summary>What Vault says of a Transit key (<c>GET /v1/:mount/keys/:name</c>).</summary>
/// <param name="Type">aes128-gcm96, aes256-gcm96 or chacha20-poly1305.</param>
/// <param name="LatestVersion">The version that data keys are wrapped under now.</param>
/// <param name="MinDecryptionVersion">Data keys under older versions do not unwrap.</param>
/// <param name="MinEncryptionVersion">0: only the latest version wraps.</param>
/// <param name="LeavesVault">The key may be exported or backed up in the clear (exportable, allow_plaintext_backup): then a holder of it needs no Vault.</param>
internal sealed record TransitKeyFacts(
    string Type,
    int LatestVersion,
    int MinDecryptionVersion,
    int MinEncryptionVersion,
    bool LeavesVault
);
