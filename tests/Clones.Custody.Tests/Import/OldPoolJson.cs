using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Clones.Solana.Primitives;
using Clones.Testing.Hosts;

namespace Clones.Custody.Tests.Import;

/// <summary>A document of the old collection with a fresh key; a test changes what it is about.</summary>
internal sealed class OldPoolJson
{
    // As mongoexport writes it: only what JSON itself demands is escaped.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static int next = 0x1000;

    public OldPoolJson()
    {
        using var account = Account.Generate();
        account.CopySecretKeyTo(SecretKey);
        Address = account.PublicKey.ToString();
        Bare = Convert.ToBase64String(SecretKey);
        Json = new JsonObject
        {
            ["_id"] = new JsonObject { ["$oid"] = OldId },
            ["name"] = "Browser basics",
            ["status"] = "live",
            ["pricePerDemo"] = 0.5m,
            ["token"] = new JsonObject { ["type"] = "SOL", ["symbol"] = "SOL" },
            ["ownerAddress"] = TestKeys.FreshAddress(),
            ["depositAddress"] = Address,
            ["depositPrivateKey"] = Bare,
            ["skills"] = "web, forms",
        };
    }

    public JsonObject Json { get; }
    public byte[] SecretKey { get; } = new byte[Account.SecretKeyLength];
    public string Address { get; }
    public string Bare { get; }
    public string OldId { get; } = $"65f1c0ffee65f1c0{Interlocked.Increment(ref next):x8}";
    public string Line => Json.ToJsonString(Plain);

    /// <param name="json">The value as JSON text; null takes the field away.</param>
    public OldPoolJson With(string field, string? json)
    {
        Json.Remove(field);
        if (json is not null)
        {
            Json[field] = JsonNode.Parse(json);
        }
        return this;
    }

    /// <summary>The key as the old system encrypted it.</summary>
    public string Sealed() => OldSystem.Seal(Bare);
}
