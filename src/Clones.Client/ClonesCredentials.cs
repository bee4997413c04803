namespace Clones.Client;

/// <summary>As whom the API is called. None of them says its secret in a text.</summary>
public abstract class ClonesCredentials
{
    private protected ClonesCredentials() { }

    /// <summary>Nobody: enough for signing in.</summary>
    public static ClonesCredentials None { get; } = new Fixed("", "");

    /// <summary>A service or an operator.</summary>
    public static ClonesCredentials ApiKey(string key) => new Fixed("X-Api-Key", Given(key));

    /// <summary>An owner, with a token that somebody else got; when it has expired, calls are rejected with 401.</summary>
    public static ClonesCredentials BearerToken(string accessToken) => new Fixed("Authorization", $"Bearer {Given(accessToken)}");

    /// <summary>
    /// An owner, who signs in when the first call needs it. The session is renewed shortly before its token expires, and the wallet is asked to sign
    /// again when it cannot be.
    /// </summary>
    /// <param name="address">Of the wallet, base58.</param>
    /// <param name="sign">Signs the UTF-8 bytes of the message (Sign-In With Solana) with the wallet's key; answers with the signature in base58.</param>
    public static ClonesCredentials Wallet(string address, Func<string, CancellationToken, Task<string>> sign)
    {
        ArgumentNullException.ThrowIfNull(sign);
        return new WalletSession(Given(address), sign);
    }

    /// <returns>The header that says who calls; null for nobody.</returns>
    internal abstract ValueTask<(string Name, string Value)?> HeaderAsync(ClonesClient client, CancellationToken cancellationToken);

    /// <summary>What was sent is no longer good.</summary>
    /// <returns>Whether the next header may be better.</returns>
    internal virtual bool Rejected(string value) => false;

    private static string Given(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        return text;
    }

    private sealed class Fixed(string name, string value) : ClonesCredentials
    {
        internal override ValueTask<(string, string)?> HeaderAsync(ClonesClient client, CancellationToken cancellationToken) =>
            new(name.Length == 0 ? null : (name, value));
    }
}
