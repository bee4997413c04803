using System.Net;
using System.Text;
using System.Text.Json;
using Clones.Solana.Rpc;

namespace Clones.Workers.Tests.Deployments;

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

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var body = JsonDocument.Parse(await request.Content!.ReadAsByteArrayAsync(cancellationToken));
        var method = body.RootElement.GetProperty("method").GetString()!;
        var member = answers[method](body.RootElement.TryGetProperty("params", out var p) ? p : default);
        var text = $$"""{"jsonrpc":"2.0","id":{{body.RootElement.GetProperty("id").GetRawText()}},{{member}}}""";
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(text, Encoding.UTF8, "application/json") };
    }
}
