using System.Net;
using System.Text;
using System.Text.Json;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Testing.Hosts;

/// <summary>A node that answers what a test tells it to: result JSON by method, over the real client.</summary>
internal sealed class CannedNode : HttpMessageHandler
{
    private readonly Dictionary<string, Func<JsonElement, string>> answers = [];

    public RpcEndpoints Endpoints => new([new SolanaRpcClient(new HttpClient(this), new Uri("http://canned.test"))], TimeProvider.System);

    public IRpcClient Client => Endpoints.All[0];

    public CannedNode Answer(string method, Func<JsonElement, string> resultOfParameters) =>
        Reply(method, parameters => $"\"result\":{resultOfParameters(parameters)}");

    /// <param name="memberOfParameters">The member of the answer, <c>"result":..</c> or <c>"error":..</c>.</param>
    public CannedNode Reply(string method, Func<JsonElement, string> memberOfParameters)
    {
        answers[method] = memberOfParameters;
        return this;
    }

    /// <summary>Lists these entries as the history of any address, and knows the status of each of them.</summary>
    /// <param name="entries">Newest first.</param>
    /// <param name="pageMax">Entries of one page, whatever is asked for.</param>
    public CannedNode Lists(IReadOnlyList<CannedEntry> entries, int pageMax = 1_000) =>
        Answer(
                "getSignaturesForAddress",
                p =>
                {
                    var before = p[1].TryGetProperty("before", out var b) ? b.GetString() : null;
                    var rest = before is null ? entries : entries.SkipWhile(e => $"{e.Signature}" != before).Skip(1);
                    return $"[{string.Join(',', rest.Take(Math.Min(pageMax, p[1].GetProperty("limit").GetInt32())).Select(e => e.Json))}]";
                }
            )
            .Answer(
                "getSignatureStatuses",
                p =>
                {
                    var told = p[0]
                        .EnumerateArray()
                        .Select(s => entries.FirstOrDefault(e => $"{e.Signature}" == s.GetString())?.Status ?? "null");
                    return $$"""{"context":{"slot":2000},"value":[{{string.Join(',', told)}}]}""";
                }
            );

    /// <summary>From here on every page behind the first is empty.</summary>
    public CannedNode Forgets()
    {
        var lists = answers["getSignaturesForAddress"];
        return Reply("getSignaturesForAddress", p => p[1].TryGetProperty("before", out _) ? "\"result\":[]" : lists(p));
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var body = JsonDocument.Parse(await request.Content!.ReadAsByteArrayAsync(cancellationToken));
        var method = body.RootElement.GetProperty("method").GetString()!;
        var member = answers[method](body.RootElement.TryGetProperty("params", out var p) ? p : default);
        var text = $$"""{"jsonrpc":"2.0","id":{{body.RootElement.GetProperty("id").GetRawText()}},{{member}}}""";
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(text, Encoding.UTF8, "application/json") };
    }
}

/// <param name="Error">JSON.</param>
internal sealed record CannedEntry(Signature Signature, ulong Slot, string? Memo = null, string Error = "null")
{
    public string Json =>
        $$"""
            {"signature":"{{Signature}}","slot":{{Slot}},"err":{{Error}},"memo":{{JsonSerializer.Serialize(Memo)}},"blockTime":null,
             "confirmationStatus":"finalized"}
            """;

    public string Status => $$"""{"slot":{{Slot}},"confirmations":null,"err":{{Error}},"confirmationStatus":"finalized"}""";

    /// <summary>Of somebody's transaction that says nothing to us; each number has its own signature.</summary>
    public static CannedEntry Of(int number, ulong slot)
    {
        var bytes = new byte[Signature.Length];
        BitConverter.TryWriteBytes(bytes, number);
        return new CannedEntry(new Signature(bytes), slot);
    }
}
