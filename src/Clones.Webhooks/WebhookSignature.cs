using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Clones.Webhooks;

/// <summary>Symmetric signatures of the Standard Webhooks specification (standardwebhooks.com), version 1.</summary>
internal static class WebhookSignature
{
    /// <param name="id">The header webhook-id.</param>
    /// <param name="unixSeconds">The header webhook-timestamp.</param>
    /// <param name="body">Exactly the bytes that are sent.</param>
    /// <param name="secret">24 to 64 bytes: what stands in base64 behind <c>whsec_</c>.</param>
    /// <returns><c>v1,</c> and base64 of HMAC-SHA256 over <c>id.timestamp.body</c>.</returns>
    public static string Of(string id, long unixSeconds, ReadOnlySpan<byte> body, ReadOnlySpan<byte> secret)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hmac.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{unixSeconds}.")));
        hmac.AppendData(body);
        return "v1," + Convert.ToBase64String(hmac.GetHashAndReset());
    }
}
