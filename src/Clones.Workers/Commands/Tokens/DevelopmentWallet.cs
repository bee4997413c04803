using System.Security.Cryptography;
using System.Text;
using Clones.Solana.Primitives;

namespace Clones.Workers.Commands.Tokens;

/// <summary>
/// Pays for development tokens and may mint them: a keypair file of Solana's CLI (a JSON array of 64 bytes), mode 600, made on first use. It is
/// worth nothing: on mainnet it is never used.
/// </summary>
internal sealed class DevelopmentWallet(string path)
{
    public const string Setting = "CLONES_DEV_KEYPAIR";

    /// <exception cref="OptionRejectedException">The file is no keypair, or others than its owner may read it.</exception>
    public Account Open()
    {
        try
        {
            return new KeypairFile(path).Open();
        }
        catch (KeypairFileException e)
        {
            throw new OptionRejectedException(Setting, $"names {path}, {e.Reason}");
        }
    }

    /// <summary>
    /// The mint of a symbol on a cluster, always the same one: a command that died halfway finds what it made, and makes no second.
    /// HMAC-SHA256 under the wallet's seed.
    /// </summary>
    public static Account MintOf(Account wallet, string genesisHash, string symbol)
    {
        var secret = GC.AllocateUninitializedArray<byte>(Account.SecretKeyLength, pinned: true);
        var seed = GC.AllocateUninitializedArray<byte>(Account.SeedLength, pinned: true);
        try
        {
            wallet.CopySecretKeyTo(secret);
            HMACSHA256.HashData(
                secret.AsSpan(0, Account.SeedLength),
                Encoding.ASCII.GetBytes($"clones/development-mint/v1/{genesisHash}/{symbol}"),
                seed
            );
            return Account.FromSeed(seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(seed);
        }
    }
}
