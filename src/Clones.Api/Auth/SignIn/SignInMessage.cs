using System.Globalization;
using System.Security.Cryptography;
using Clones.Solana.Primitives;

namespace Clones.Api.Auth.SignIn;

/// <summary>The text of a Sign-In With Solana request, as wallets know how to show it.</summary>
internal sealed record SignInMessage(string Text, string Nonce, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt)
{
    private const int NonceBytes = 16;
    private const string NoncePrefix = "Nonce: ";

    public static SignInMessage For(PublicKey wallet, AuthOptions options, DateTimeOffset now)
    {
        var nonce = Base58.Encode(RandomNumberGenerator.GetBytes(NonceBytes));
        var expiresAt = now + AuthOptions.ChallengeLifetime;
        var text = $"""
            {options.Domain} wants you to sign in with your Solana account:
            {wallet}

            Sign in to Clones. This moves no funds and costs nothing.

            URI: https://{options.Domain}
            Version: 1
            Chain ID: {options.Chain}
            {NoncePrefix}{nonce}
            Issued At: {Time(now)}
            Expiration Time: {Time(expiresAt)}
            """.ReplaceLineEndings("\n");
        return new SignInMessage(text, nonce, now, expiresAt);
    }

    /// <summary>Only to look the message up: whether it is ours is decided by comparing all of it with the stored one.</summary>
    public static string? NonceOf(string message) =>
        message.Split('\n').FirstOrDefault(line => line.StartsWith(NoncePrefix, StringComparison.Ordinal))?[NoncePrefix.Length..];

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
