using System.Globalization;
using System.Text.Json.Nodes;

namespace Clones.Testing.Transit;

/// <summary>What Transit answers to a request that was let in (builtin/logical/transit of Vault's source).</summary>
internal sealed class TransitStandInEngine(TransitStandIn vault)
{
    public (int Status, string Body) Handle(string method, string[] path, JsonObject body) =>
        (method, path) switch
        {
            ("GET", ["keys", var name]) => vault.Key(name) is { } key ? Ok(Facts(key)) : TransitStandIn.Error(404),
            ("POST", ["keys", var name]) => Ok(
                Facts(vault.CreateKey(name, (string?)body["type"] ?? "aes256-gcm96", (bool?)body["derived"] ?? false))
            ),
            ("POST", ["keys", var name, "rotate"]) => Rotate(name),
            ("POST", ["keys", var name, "config"]) => Configure(name, body),
            ("POST", ["encrypt", var name]) => Encrypt(name, body),
            ("POST", ["decrypt", var name]) => OnKey(name, body, Decrypt, batchStatus: 400),
            // It has no associated_data, whatever is sent, and status 200 for a batch with failed items (path_rewrap.go).
            ("POST", ["rewrap", var name]) => OnKey(name, body, (key, item) => Rewrap(key, item), batchStatus: 200),
            (_, ["keys" or "encrypt" or "decrypt" or "rewrap", _]) => TransitStandIn.Error(405, "unsupported operation"),
            _ => TransitStandIn.Error(404, "unsupported path"),
        };

    private (int Status, string Body) Encrypt(string name, JsonObject body)
    {
        if (vault.Key(name) is null)
        {
            if (!vault.MayCreateKeys)
            {
                return TransitStandIn.Error(403, "1 error occurred:\n\t* permission denied\n\n");
            }
            vault.CreateKey(name);
        }
        return OnKey(name, body, Encrypt, batchStatus: 400);
    }

    private (int Status, string Body) OnKey(
        string name,
        JsonObject body,
        Func<TransitStandInKey, JsonObject, JsonObject> work,
        int batchStatus
    )
    {
        if (vault.Key(name) is not { } key)
        {
            return TransitStandIn.Error(400, "encryption key not found");
        }
        if (body["batch_input"] is not JsonArray batch)
        {
            var result = work(key, body);
            return result["error"] is { } error ? TransitStandIn.Error(400, (string)error!) : Ok(result);
        }
        if (batch.Count == 0)
        {
            return TransitStandIn.Error(400, "missing batch input to process");
        }
        var results = new JsonArray();
        var failed = false;
        foreach (var item in batch)
        {
            var result = work(key, item!.AsObject());
            result["reference"] = (string?)item["reference"] ?? "";
            failed |= result["error"] is not null;
            results.Add((JsonNode)result);
        }
        var answer = Ok(new JsonObject { ["batch_results"] = results });
        return failed ? (batchStatus, answer.Body) : answer;
    }

    private JsonObject Encrypt(TransitStandInKey key, JsonObject item)
    {
        if (!key.HasAssociatedData && item["associated_data"] is not null)
        {
            return Failed("", $"'[0].associated_data' provided for non-AEAD cipher suite {key.Type}");
        }
        try
        {
            var plaintext = Convert.FromBase64String((string?)item["plaintext"] ?? "");
            return new JsonObject { ["ciphertext"] = key.Encrypt(plaintext, AssociatedData(item)), ["key_version"] = key.LatestVersion };
        }
        catch (FormatException)
        {
            return new JsonObject { ["error"] = "illegal base64 data at input byte 0" };
        }
    }

    private JsonObject Decrypt(TransitStandInKey key, JsonObject item)
    {
        if ((string?)item["ciphertext"] is not { Length: > 0 } ciphertext)
        {
            return Failed("plaintext", "missing ciphertext to decrypt");
        }
        var (plaintext, error) = key.Decrypt(ciphertext, AssociatedData(item));
        return plaintext is null ? Failed("plaintext", error!) : new JsonObject { ["plaintext"] = Convert.ToBase64String(plaintext) };
    }

    private static JsonObject Rewrap(TransitStandInKey key, JsonObject item)
    {
        var (plaintext, error) = key.Decrypt((string?)item["ciphertext"] ?? "", []);
        return plaintext is null
            ? new JsonObject { ["error"] = error }
            : new JsonObject { ["ciphertext"] = key.Encrypt(plaintext, []), ["key_version"] = key.LatestVersion };
    }

    private byte[] AssociatedData(JsonObject item) =>
        vault.IgnoresAssociatedData ? [] : Convert.FromBase64String((string?)item["associated_data"] ?? "");

    /// <summary>A failed item of decrypt has an empty plaintext beside its error; of the others only the error.</summary>
    private static JsonObject Failed(string emptyField, string error)
    {
        var item = new JsonObject();
        if (emptyField.Length > 0)
        {
            item[emptyField] = "";
        }
        item["error"] = error;
        return item;
    }

    private (int Status, string Body) Rotate(string name)
    {
        if (vault.Key(name) is not { } key)
        {
            return TransitStandIn.Error(400, "key not found");
        }
        key.Rotate();
        return Ok(Facts(key));
    }

    private (int Status, string Body) Configure(string name, JsonObject body)
    {
        if (vault.Key(name) is not { } key)
        {
            return TransitStandIn.Error(400, $"no existing key named {name} could be found");
        }
        var decryption = (int?)body["min_decryption_version"] ?? key.MinDecryptionVersion;
        var encryption = (int?)body["min_encryption_version"] ?? key.MinEncryptionVersion;
        if (decryption > key.LatestVersion)
        {
            return TransitStandIn.Error(
                400,
                $"cannot set min decryption version of {decryption}, latest key version is {key.LatestVersion}"
            );
        }
        if (encryption > key.LatestVersion)
        {
            return TransitStandIn.Error(
                400,
                $"cannot set min encryption version of {encryption}, latest key version is {key.LatestVersion}"
            );
        }
        key.MinDecryptionVersion = Math.Max(decryption, 1);
        key.MinEncryptionVersion = encryption;
        return Ok(Facts(key));
    }

    private static JsonObject Facts(TransitStandInKey key)
    {
        var versions = new JsonObject();
        for (var version = key.MinDecryptionVersion; version <= key.LatestVersion; version++)
        {
            versions[version.ToString(CultureInfo.InvariantCulture)] = 1_700_000_000 + version;
        }
        return new JsonObject
        {
            ["allow_plaintext_backup"] = false,
            ["auto_rotate_period"] = 0,
            ["deletion_allowed"] = false,
            ["derived"] = key.Derived,
            ["exportable"] = key.Exportable,
            ["imported_key"] = false,
            ["keys"] = versions,
            ["latest_version"] = key.LatestVersion,
            ["min_available_version"] = 0,
            ["min_decryption_version"] = key.MinDecryptionVersion,
            ["min_encryption_version"] = key.MinEncryptionVersion,
            ["name"] = key.Name,
            ["supports_decryption"] = key.HasAssociatedData,
            ["supports_derivation"] = key.HasAssociatedData,
            ["supports_encryption"] = key.HasAssociatedData,
            ["supports_signing"] = false,
            ["type"] = key.Type,
        };
    }

    private static (int Status, string Body) Ok(JsonObject data) =>
        (
            200,
            new JsonObject
            {
                ["request_id"] = Guid.NewGuid().ToString(),
                ["lease_id"] = "",
                ["renewable"] = false,
                ["lease_duration"] = 0,
                ["data"] = data,
                ["wrap_info"] = null,
                ["warnings"] = null,
                ["auth"] = null,
            }.ToJsonString()
        );
}
