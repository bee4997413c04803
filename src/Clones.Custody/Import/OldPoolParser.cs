using System.Text.Json;
using System.Text.Unicode;
using Clones.Domain;
using Clones.Domain.Pools;
using Clones.Solana.Primitives;

namespace Clones.Custody.Import;

/// <summary>
/// Reads one document of the old <c>training_pools</c> collection. Every field keeps the rule that the API has for it; what the old system wrote
/// and could mean two things here is rejected.
/// </summary>
internal static class OldPoolParser
{
    /// <summary>The longest known form, v1 with a version of four digits, has 242 bytes.</summary>
    private const int KeyLengthMax = 512;
    private const int IdLengthMax = 100;

    /// <param name="number">Of the line, for people.</param>
    /// <param name="line">The caller wipes it. The key is copied out, pinned; nothing else of it is kept but the fields of the pool.</param>
    public static OldPoolLine Parse(int number, ReadOnlySpan<byte> line)
    {
        var fields = new Fields();
        try
        {
            Read(line, fields);
            if (fields.Rejection is { } first)
            {
                throw first;
            }
            var parsed = OldPoolLine.Of(number, fields.ToPool(), fields.Key!, fields.Ignored);
            fields.Key = null;
            return parsed;
        }
        catch (LineRejectedException rejection)
        {
            return OldPoolLine.Rejected(number, rejection.Message, fields.Ignored);
        }
        catch (JsonException e)
        {
            // Its own message quotes the line.
            var reason = fields.Rejection?.Message ?? $"is not valid JSON at byte {e.BytePositionInLine + 1}";
            return OldPoolLine.Rejected(number, reason, fields.Ignored);
        }
        finally
        {
            fields.Key?.Dispose();
        }
    }

    private static void Read(ReadOnlySpan<byte> line, Fields fields)
    {
        if (!Utf8.IsValid(line))
        {
            throw new LineRejectedException(null, "is not valid UTF-8");
        }

        var reader = new Utf8JsonReader(line, ExtendedJson.Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new LineRejectedException(null, "must be one JSON object");
        }
        ExtendedJson.ReadObject(ref reader, null, fields.Read);

        // Anything but white space behind it throws here.
        reader.Read();
    }

    private sealed class Fields
    {
        private string? id;
        private string? name;
        private string? status;
        private ExactDecimal? price;
        private OldToken? token;
        private string? owner;
        private string? deposit;
        private IReadOnlyList<string> skills = [];
        private int? uploadLimit;

        public ImportedKey? Key { get; set; }
        public List<string> Ignored { get; } = [];

        /// <summary>The first one. The fields behind it are read all the same, so that those without a use are counted on every line.</summary>
        public LineRejectedException? Rejection { get; private set; }

        public void Read(ref Utf8JsonReader reader, string field)
        {
            var start = reader;
            try
            {
                ReadValue(ref reader, field);
            }
            catch (LineRejectedException rejection)
            {
                Rejection ??= rejection;
                reader = start;
                reader.Skip();
            }
        }

        private void ReadValue(ref Utf8JsonReader reader, string field)
        {
            switch (field)
            {
                case "_id":
                    id = ExtendedJson.ReadId(ref reader, field);
                    break;
                case "name":
                    name = ExtendedJson.ReadText(ref reader, field);
                    break;
                case "status":
                    status = ExtendedJson.ReadText(ref reader, field);
                    break;
                case "pricePerDemo":
                    price = ExtendedJson.ReadNumber(ref reader, field);
                    break;
                case "token":
                    token = OldTokenField.Read(ref reader, field, Ignored);
                    break;
                case "ownerAddress":
                    owner = ExtendedJson.ReadText(ref reader, field);
                    break;
                case "depositAddress":
                    deposit = ExtendedJson.ReadText(ref reader, field);
                    break;
                case "depositPrivateKey":
                    Key = ReadKey(ref reader, field);
                    break;
                case "skills":
                    skills = OldSkills.Read(ref reader, field);
                    break;
                case "uploadLimit":
                    uploadLimit = OldUploadLimit.Read(ref reader, field, Ignored);
                    break;
                default:
                    Ignored.Add(field);
                    ExtendedJson.Skip(ref reader, null);
                    break;
            }
        }

        public OldPool ToPool()
        {
            var oldId = Present(id, "_id");
            Rule("_id", PlainTextRule.Reject(oldId, 1, IdLengthMax));
            Rule("name", PoolRules.RejectName(Present(name, "name")));
            Rule("skills", PoolRules.RejectSkills(skills));
            if (Key is null)
            {
                throw Missing("depositPrivateKey");
            }
            return new OldPool(
                oldId,
                name!,
                StatusOf(Present(status, "status")),
                price ?? throw Missing("pricePerDemo"),
                token ?? throw Missing("token"),
                Wallet(Present(owner, "ownerAddress"), "ownerAddress"),
                Wallet(Present(deposit, "depositAddress"), "depositAddress"),
                skills,
                uploadLimit
            );
        }

        private static ImportedKey ReadKey(ref Utf8JsonReader reader, string field)
        {
            if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length is 0 or > KeyLengthMax)
            {
                throw new LineRejectedException(field, "must be a text in one of the forms that the old system stored");
            }

            ImportedKey key;
            try
            {
                key = ImportedKey.CopyOf(ref reader);
            }
            catch (InvalidOperationException)
            {
                throw new LineRejectedException(field, "must be well-formed Unicode");
            }
            if (!key.StoredUtf8.Span.StartsWith("k1:"u8))
            {
                return key;
            }
            key.Dispose();
            throw new LineRejectedException(
                field,
                "is in the form of this system (k1), bound to another wallet; export the collection of the old system"
            );
        }

        private static OldPoolStatus StatusOf(string text) =>
            text.ToLowerInvariant() switch
            {
                "live" => OldPoolStatus.Live,
                "paused" => OldPoolStatus.Paused,
                // The last is how the first version of the old system said it.
                "nofunds" or "no_funds" or "no-funds" or "out of funds" => OldPoolStatus.NoFunds,
                "nogas" or "no_gas" or "no-gas" => OldPoolStatus.NoGas,
                _ => throw new LineRejectedException("status", "must be live, paused, no-funds or no-gas"),
            };

        private static PublicKey Wallet(string text, string field)
        {
            if (!PublicKey.TryParse(text, out var key))
            {
                throw new LineRejectedException(field, "must be a base58 address of 32 bytes");
            }
            return key.IsWallet()
                ? key
                : throw new LineRejectedException(
                    field,
                    "must be the address of a wallet; this one belongs to no key (off the curve, or a program)"
                );
        }

        private static string Present(string? text, string field) => text ?? throw Missing(field);

        private static LineRejectedException Missing(string field) => new(field, "is missing");

        private static void Rule(string field, string? rejection)
        {
            if (rejection is not null)
            {
                throw new LineRejectedException(field, rejection);
            }
        }
    }
}
