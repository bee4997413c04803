using System.Security.Cryptography;
using System.Text;
using Clones.Solana.Primitives;

// Modes of files are what keeps the key from others; the workers run on Linux, and so do developers here.
#pragma warning disable CA1416

namespace Clones.Workers.Tokens;

/// <summary>
/// Pays for development tokens and may mint them: a keypair file of Solana's CLI (a JSON array of 64 bytes), mode 600, made on first use. It is
/// worth nothing: on mainnet it is never used.
/// </summary>
internal sealed class DevelopmentWallet(string path)
{
    public const string Setting = "CLONES_DEV_KEYPAIR";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // 64 numbers of up to three digits, commas and brackets; white space is allowed for.
    private const int FileBytesMax = 1_024;

    /// <exception cref="OptionRefusedException">The file is no keypair, or others than its owner may read it.</exception>
    public Account Open()
    {
        try
        {
            if (!File.Exists(path))
            {
                Make();
            }
            return Read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The message of such an error names the path, never what is in the file.
            throw new OptionRefusedException(Setting, $"names {path}, which cannot be used: {e.Message.TrimEnd('.')}");
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

    private void Make()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!, OwnerOnly | UnixFileMode.UserExecute);
        using var account = Account.Generate();
        var secret = GC.AllocateUninitializedArray<byte>(Account.SecretKeyLength, pinned: true);
        var text = GC.AllocateUninitializedArray<byte>(FileBytesMax, pinned: true);
        // Whole or not at all under its name, whoever dies or makes one at the same time.
        var draft = $"{path}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}.new";
        try
        {
            account.CopySecretKeyTo(secret);
            var length = KeypairText.Write(secret, text);
            var options = new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = OwnerOnly,
                BufferSize = 0,
            };
            using (var file = new FileStream(draft, options))
            {
                file.Write(text.AsSpan(0, length));
                file.Flush(flushToDisk: true);
            }
            try
            {
                File.Move(draft, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                File.Delete(draft);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(text);
        }
    }

    private Account Read()
    {
        if ((File.GetUnixFileMode(path) & ~OwnerOnly) != 0)
        {
            throw new OptionRefusedException(Setting, $"names {path}, which others may read: chmod 600 it");
        }
        var text = GC.AllocateUninitializedArray<byte>(FileBytesMax + 1, pinned: true);
        var secret = GC.AllocateUninitializedArray<byte>(Account.SecretKeyLength, pinned: true);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            var length = file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
            if (length <= FileBytesMax && KeypairText.TryRead(text.AsSpan(0, length), secret))
            {
                return Account.FromSecretKey(secret);
            }
        }
        catch (ArgumentException)
        {
            // The halves do not belong together: said below, without what they are.
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
            CryptographicOperations.ZeroMemory(secret);
        }
        throw new OptionRefusedException(Setting, $"names {path}, which is no keypair file (a JSON array of 64 bytes)");
    }
}
