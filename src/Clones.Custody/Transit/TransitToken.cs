using System.Text;
using Clones.Hosting;

namespace Clones.Custody.Transit;

/// <summary>
/// The token that Vault knows us by. From a file it is read at every request, because Vault Agent writes a new one there before the old one
/// expires; a file that is gone or half written for a moment leaves the last good token in use. It is a string, since an HTTP header is one.
/// </summary>
internal sealed class TransitToken
{
    private const string TokenName = "VAULT_TOKEN";
    private const string FileName = "VAULT_TOKEN_FILE";
    private const int LengthMax = 8192;

    private readonly string? path;
    private volatile string last;

    private TransitToken(string? path, string last)
    {
        this.path = path;
        this.last = last;
    }

    /// <exception cref="ConfigurationMissingException">None, both, or one that cannot be a token.</exception>
    public static TransitToken Read(IConfiguration configuration)
    {
        const string wanted = $"Set {FileName} to a file that Vault Agent keeps a token in, or {TokenName} to a token";
        var token = configuration[TokenName];
        var path = configuration[FileName];
        if (string.IsNullOrEmpty(token) && string.IsNullOrEmpty(path))
        {
            throw new ConfigurationMissingException($"{TokenName} is missing. {wanted}.");
        }
        if (string.IsNullOrEmpty(path))
        {
            return IsToken(token!)
                ? new TransitToken(null, token!)
                : throw new ConfigurationMissingException(
                    $"{TokenName} is no token: it has spaces or signs that no header can carry. {wanted}."
                );
        }
        if (!string.IsNullOrEmpty(token))
        {
            throw new ConfigurationMissingException($"{TokenName} and {FileName} are both set. {wanted}, not both.");
        }
        return ReadFile(path) is { } first
            ? new TransitToken(path, first)
            : throw new ConfigurationMissingException(
                $"{FileName} names a file that is missing, not readable, or holds no token. {wanted}."
            );
    }

    public string Current() => path is not null && ReadFile(path) is { } token ? last = token : last;

    /// <summary>Never shows what it holds.</summary>
    public override string ToString() => path is null ? $"the token of {TokenName}" : $"the token of {FileName}";

    private static string? ReadFile(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[LengthMax + 2];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            var token = Encoding.Latin1.GetString(bytes, 0, length).Trim();
            return IsToken(token) ? token : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static bool IsToken(string text) => text.Length is > 0 and <= LengthMax && text.All(c => c is > ' ' and <= '~');
}
