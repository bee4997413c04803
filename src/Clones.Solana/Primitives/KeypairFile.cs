using System.Security.Cryptography;

// Modes of files are what keeps the key from others; who keeps keys in files runs on Linux or macOS here.
#pragma warning disable CA1416

namespace Clones.Solana.Primitives;

/// <summary>A keypair file of Solana's CLI: a JSON array of the 64 bytes of seed and public key, mode 600, made on first use.</summary>
/// <param name="path">Of the file; its folder is made with it.</param>
public sealed class KeypairFile(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // 64 numbers of up to three digits, commas and brackets; white space is allowed for.
    private const int FileBytesMax = 1_024;

    /// <exception cref="KeypairFileException">The file is no keypair, others than its owner may read it, or it cannot be used.</exception>
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
            throw new KeypairFileException(path, $"which cannot be used: {e.Message.TrimEnd('.')}");
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
            throw new KeypairFileException(path, "which others may read: chmod 600 it");
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
        throw new KeypairFileException(path, "which is no keypair file (a JSON array of 64 bytes)");
    }
}

/// <summary>Why a keypair file was not used; never what is in it.</summary>
/// <param name="path">Of the file.</param>
/// <param name="reason">Completes "It names the path, ..".</param>
public sealed class KeypairFileException(string path, string reason) : Exception($"{path}, {reason}.")
{
    public string Reason { get; } = reason;
}
