using System.Text.Json.Nodes;

namespace Clones.Custody.Tests.Import;

public sealed class ImportSecrecyTests
{
    private const int Telling = 12;

    [Fact]
    public async Task No_part_of_a_key_is_in_any_output_wherever_in_a_line_it_stands()
    {
        await using var host = await ImportHost.StartAsync();
        var (good, old) = (new OldPoolJson(), new OldPoolJson());
        var (key, stored) = (old.Bare, old.Sealed());
        var lines = new List<string> { good.Line };
        foreach (var secret in (string[])[key, stored, Convert.ToHexStringLower(old.SecretKey), $"k1:1:{stored[3..]}"])
        {
            foreach (var field in (string[])["_id", "name", "status", "ownerAddress", "depositAddress", "skills", "pricePerDemo", "token"])
            {
                lines.Add(new OldPoolJson().With(field, $"\"{secret}\"").Line);
            }
            foreach (var field in (string[])["type", "symbol", "address", "mint", secret])
            {
                lines.Add(new OldPoolJson().With("token", new JsonObject { ["type"] = "CUSTOM", [field] = secret }.ToJsonString()).Line);
            }
            lines.Add(new OldPoolJson().With(secret, "1").Line);
            lines.Add(new OldPoolJson().With("depositPrivateKey", $"\"{secret[..^1]}\"").Line);
            lines.Add(new OldPoolJson().With("depositPrivateKey", $"\"{secret}\"").Line);
            lines.Add($$"""{"{{secret}}":1,"{{secret}}":2}""");
            lines.Add("{\"name\":\"a\" " + secret + "}");
            lines.Add(secret);
            lines.Add($"{good.Line}{secret}");
            lines.Add("{\"pricePerDemo\":{\"$numberDouble\":\"" + secret + "\"}}");
            lines.Add("{\"uploadLimit\":{\"" + secret + "\":17}}");
        }

        var (code, output) = await host.ImportAsync(lines);

        code.ShouldBe(1);
        output.ShouldContain("others (");
        foreach (var secret in (string[])[key, stored, good.Bare, Convert.ToHexStringLower(old.SecretKey)])
        {
            for (var i = 0; i + Telling <= secret.Length; i++)
            {
                output.Contains(secret.Substring(i, Telling), StringComparison.OrdinalIgnoreCase).ShouldBeFalse($"at {i}");
            }
        }
    }
}
