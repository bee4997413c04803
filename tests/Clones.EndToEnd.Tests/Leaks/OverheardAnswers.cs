using System.Collections.Concurrent;

namespace Clones.EndToEnd.Tests.Leaks;

/// <summary>Keeps every answer of the API, headers and body.</summary>
internal sealed class OverheardAnswers() : DelegatingHandler(new SocketsHttpHandler())
{
    private readonly ConcurrentQueue<string> answers = [];

    public string All => string.Join('\n', answers);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        await answer.Content.LoadIntoBufferAsync(cancellationToken);
        answers.Enqueue($"{answer}\n{await answer.Content.ReadAsStringAsync(cancellationToken)}");
        return answer;
    }
}
