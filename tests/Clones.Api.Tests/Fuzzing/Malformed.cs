using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Clones.Api.Tests.Fuzzing;

/// <summary>
/// Requests that no endpoint may take, each wrong in one way at least, all of them out of one number: the same number, the same request.
/// The ways are those of docs/api.md: what is not JSON, what has another shape, a value of another kind, ids, parameters and headers that are none.
/// </summary>
internal sealed class Malformed(Random dice, World world)
{
    private static readonly string[] BadTexts =
    [
        "\u0000",
        "a\u0000b",
        "\u202eevil",
        "\u0007",
        "\uFFFE",
        new('x', 20_000),
        "line\nbreak",
        "'; DROP TABLE payments; --\u0000",
        "{{7*7}}\u0001",
    ];

    private static readonly string[] BadNumbers = ["1e400", "-1e400", "99999999999999999999", "1.5", "-1", "2147483648", "0.1e-5"];

    private static readonly string[] BadPaths =
    [
        "0",
        "-1",
        "%00",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "%C3%A4%F0%9F%98%80",
        "%ff%fe",
        "null",
        "undefined",
        "{id}",
        "1'%20OR%20'1'='1",
        "00000000-0000-0000-0000-00000000000g",
        "%7B00000000-0000-0000-0000-000000000000%7D",
        new('a', 3_000),
    ];

    /// <summary>The request, and in words what is wrong with it.</summary>
    public (HttpRequestMessage Request, string Wrong) For(FuzzedEndpoint endpoint)
    {
        var ways = new List<Func<(HttpRequestMessage, string)>>();
        if (endpoint.BodySchema is not null)
        {
            ways.AddRange([() => Raw(endpoint), () => Shape(endpoint), () => Field(endpoint), () => Headers(endpoint)]);
        }

        if (endpoint.Path.Contains('{'))
        {
            ways.Add(() => Path(endpoint));
        }

        if (endpoint.IsList)
        {
            ways.Add(() => Query(endpoint));
        }

        if (endpoint.NeedsKey)
        {
            ways.Add(() => Key(endpoint));
        }

        if (ways.Count == 0 || (dice.Next(20) == 0 && !endpoint.Path.StartsWith("/v1/auth/", StringComparison.Ordinal)))
        {
            ways = [() => Identity(endpoint)];
        }

        return ways[dice.Next(ways.Count)]();
    }

    private (HttpRequestMessage, string) Raw(FuzzedEndpoint endpoint)
    {
        var text = Encoding.UTF8.GetBytes(world.BodyOf(endpoint).ToJsonString());
        return dice.Next(9) switch
        {
            0 => (Send(endpoint, text[..dice.Next(text.Length)]), "cut off"),
            1 => (Send(endpoint, [.. text, .. "}"u8]), "a brace too many"),
            2 => (Send(endpoint, [.. text, .. text]), "twice"),
            3 => (Send(endpoint, Encoding.UTF8.GetBytes(new string('[', dice.Next(33, 30_000)))), "nested deeply"),
            4 => (Send(endpoint, Bytes(dice.Next(1, 2_000))), "noise"),
            5 => (Send(endpoint, Spoilt(text)), "a byte that is no UTF-8"),
            6 => (Send(endpoint, Encoding.Unicode.GetBytes(world.BodyOf(endpoint).ToJsonString())), "UTF-16"),
            7 => (Send(endpoint, Encoding.UTF8.GetBytes("//" + world.BodyOf(endpoint).ToJsonString())), "a comment"),
            _ => (Send(endpoint, new byte[dice.Next(600 * 1024, 800 * 1024)]), "too large"),
        };
    }

    private (HttpRequestMessage, string) Shape(FuzzedEndpoint endpoint)
    {
        var body = world.BodyOf(endpoint);
        switch (dice.Next(5))
        {
            case 0:
                string[] roots = ["null", "1", "true", "\"text\"", "[]", "[{}]", "-0", "1e999"];
                var root = roots[dice.Next(roots.Length)];
                return (Send(endpoint, Encoding.UTF8.GetBytes(root)), $"the root is {root}");
            case 1:
                string[] strangers = ["admin", "status", "id", "owner", "__proto__", "$type", "constructor", "Name", ""];
                var name = strangers.Where(s => !endpoint.Fields.ContainsKey(s)).ElementAt(dice.Next(4));
                body[name] = Any();
                return (Send(endpoint, body), $"an unknown field {name}");
            case 2 when endpoint.Required.Count > 0:
                var missing = endpoint.Required.ElementAt(dice.Next(endpoint.Required.Count));
                body.Remove(missing);
                return (Send(endpoint, body), $"{missing} is missing");
            case 3:
                var (doubled, value) = body.ElementAt(dice.Next(body.Count));
                var text = body.ToJsonString();
                return (
                    Send(endpoint, Encoding.UTF8.GetBytes($"{text[..^1]},\"{doubled}\":{value?.ToJsonString() ?? "null"}}}")),
                    $"{doubled} stands there twice"
                );
            default:
                return (Send(endpoint, new JsonObject { ["body"] = body }), "one level too deep");
        }
    }

    /// <summary>One field has a value of a kind that it does not take; in the others nothing is wrong.</summary>
    private (HttpRequestMessage, string) Field(FuzzedEndpoint endpoint)
    {
        var (name, types) = endpoint.Fields.ElementAt(dice.Next(endpoint.Fields.Count));
        var body = world.BodyOf(endpoint);
        var target = name == "payments" && dice.Next(3) > 0 ? body["payments"]![0]!.AsObject() : body;
        if (target != body)
        {
            (name, types) = (target.ElementAt(dice.Next(target.Count)).Key, ["string"]);
        }

        var value = WrongFor(types, name);
        target[name] = "\ue000";
        var text = body.ToJsonString().Replace("\"\\uE000\"", value);
        return (Send(endpoint, Encoding.UTF8.GetBytes(text)), $"{name} is {(value.Length > 60 ? value[..60] : value)}");
    }

    private string WrongFor(string[] types, string name)
    {
        var wrong = new List<string>();
        if (!types.Contains("string"))
        {
            wrong.AddRange(["\"text\"", "\"1\"", "\"\""]);
        }

        if (!types.Contains("integer") && !types.Contains("number"))
        {
            wrong.AddRange(["0", "5", .. BadNumbers]);
        }

        if (types.Contains("integer"))
        {
            wrong.AddRange(BadNumbers);
        }

        if (!types.Contains("boolean"))
        {
            wrong.AddRange(["true", "false"]);
        }

        if (!types.Contains("array"))
        {
            wrong.AddRange(["[]", "[\"a\"]", "[[[]]]"]);
        }

        if (!types.Contains("object"))
        {
            wrong.AddRange(["{}", "{\"a\":1}"]);
        }

        if (types.Contains("string"))
        {
            // What is harmless in a description is none in a name: only what every text rejects.
            wrong.AddRange([.. BadTexts.Select(t => JsonValue.Create(t)!.ToJsonString()), "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\""]);
        }

        wrong.AddRange(["NaN", "Infinity", "undefined", "0x10", "'single'", "01", "+1", ".5"]);
        // What the guide lets be empty or in several lines is not wrong there.
        if (name is "description" or "logoUrl" or "message")
        {
            wrong.RemoveAll(w => w is "\"\"" or "\"line\\nbreak\"");
        }

        return wrong[dice.Next(wrong.Count)];
    }

    private (HttpRequestMessage, string) Headers(FuzzedEndpoint endpoint)
    {
        string[] types =
        [
            "text/plain",
            "application/xml",
            "application/json; charset=utf-16",
            "multipart/form-data",
            "x",
            "application/jsonp",
        ];
        var request = Send(endpoint, world.BodyOf(endpoint));
        if (dice.Next(2) == 0)
        {
            request.Content!.Headers.Remove("Content-Type");
            var type = types[dice.Next(types.Length)];
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            return (request, $"Content-Type {type}");
        }
        string[] encodings = ["gzip", "br", "deflate", "identity, gzip", "zstd"];
        var encoding = encodings[dice.Next(encodings.Length)];
        request.Content!.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        return (request, $"Content-Encoding {encoding}");
    }

    private (HttpRequestMessage, string) Path(FuzzedEndpoint endpoint)
    {
        var bad = dice.Next(6) == 0 ? $"{new Guid(Bytes(16))}" : BadPaths[dice.Next(BadPaths.Length)];
        var path = System.Text.RegularExpressions.Regex.Replace(endpoint.Path, @"\{\w+\}", bad);
        return (
            Request(endpoint, path, endpoint.BodySchema is null ? null : Json(world.BodyOf(endpoint))),
            $"the path is {path[..Math.Min(path.Length, 80)]}"
        );
    }

    private (HttpRequestMessage, string) Query(FuzzedEndpoint endpoint)
    {
        string[] queries =
        [
            "limit=0",
            "limit=101",
            "limit=-1",
            "limit=1e2",
            "limit=%D9%A3",
            "limit=5&limit=6",
            "cursor=AAAA",
            "cursor=%00",
            $"cursor={new string('A', 2_000)}",
            $"cursor={Convert.ToHexString(Bytes(40))}",
            "order=desc",
            "%00=1",
            "status=%00",
            "status=0",
            "limit",
            "LIMIT=5",
        ];
        var query = queries[dice.Next(queries.Length)];
        return (Request(endpoint, $"{Real(endpoint)}?{query}", null), $"the query is {query[..Math.Min(query.Length, 60)]}");
    }

    private (HttpRequestMessage, string) Key(FuzzedEndpoint endpoint)
    {
        string[] keys = ["", new('k', 201), "tab\there", "\u00e4", "\u0001", new('k', 20_000)];
        var request = Request(endpoint, Real(endpoint), endpoint.BodySchema is null ? null : Json(world.BodyOf(endpoint)));
        var i = dice.Next(keys.Length + (endpoint.MovesMoney ? 1 : 0));
        if (i < keys.Length)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", keys[i]);
        }

        return (request, i < keys.Length ? $"the key is {keys[i][..Math.Min(20, keys[i].Length)]}" : "no key");
    }

    private (HttpRequestMessage, string) Identity(FuzzedEndpoint endpoint)
    {
        string[] tokens =
        [
            "Bearer",
            "Bearer x",
            "Bearer ..",
            "Basic YTpi",
            "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
            $"Bearer {new string('a', 7_000)}",
        ];
        var request = Request(endpoint, Real(endpoint), endpoint.BodySchema is null ? null : Json(world.BodyOf(endpoint)));
        var token = tokens[dice.Next(tokens.Length)];
        request.Headers.TryAddWithoutValidation("Authorization", token);
        request.Options.Set(Anonymous, true);
        return (request, $"Authorization: {token[..Math.Min(30, token.Length)]}");
    }

    /// <summary>Such a request goes without the caller's own token.</summary>
    public static HttpRequestOptionsKey<bool> Anonymous { get; } = new("anonymous");

    private HttpRequestMessage Send(FuzzedEndpoint endpoint, JsonObject body) =>
        Send(endpoint, Encoding.UTF8.GetBytes(body.ToJsonString()));

    private HttpRequestMessage Send(FuzzedEndpoint endpoint, byte[] body)
    {
        var request = Request(endpoint, Real(endpoint), Json(body));
        if (endpoint.NeedsKey)
        {
            request.Headers.Add("Idempotency-Key", $"fuzz-{dice.Next()}");
        }

        return request;
    }

    private static HttpRequestMessage Request(FuzzedEndpoint endpoint, string path, HttpContent? content)
    {
        var request = new HttpRequestMessage(new HttpMethod(endpoint.Method), path) { Content = content };
        if (endpoint.Method == "PATCH")
        {
            request.Headers.TryAddWithoutValidation("If-Match", "*");
        }

        return request;
    }

    private string Real(FuzzedEndpoint endpoint) =>
        endpoint
            .Path.Replace("{id}", world.IdFor(endpoint))
            .Replace("{deliveryId}", $"{world.DeliveryId}")
            .Replace("{kind}", "token-creation")
            .Replace("{symbol}", "FUZZED");

    private static ByteArrayContent Json(JsonObject body) => Json(Encoding.UTF8.GetBytes(body.ToJsonString()));

    private static ByteArrayContent Json(byte[] body) =>
        new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private JsonNode Any() =>
        dice.Next(4) switch
        {
            0 => JsonValue.Create(true),
            1 => JsonValue.Create(dice.Next()),
            2 => new JsonObject(),
            _ => JsonValue.Create("x"),
        };

    private static byte[] Spoilt(byte[] text)
    {
        var at = Array.LastIndexOf(text, (byte)'"');
        return [.. text[..at], 0xC3, 0x28, 0xFF, .. text[at..]];
    }

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        dice.NextBytes(bytes);
        return bytes;
    }
}
