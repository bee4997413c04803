using System.Net.Sockets;
using System.Text;
using Clones.Api.Tests.Hosting;

namespace Clones.Api.Tests;

public sealed class SlowBodyTests(ApiFixture api)
{
    private const int Dawdlers = 100;

    /// <summary>Kestrel wants 240 bytes a second after 5 s; longer for a machine that has other work.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_hundred_bodies_that_come_a_byte_at_a_time_are_cut_off_and_hold_nobody_up()
    {
        using var owner = await Owner.SignInAsync(api);
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        var bearer = owner.Http.DefaultRequestHeaders.Authorization!.ToString();

        var dawdling = Enumerable.Range(0, Dawdlers).Select(_ => DawdleAsync(bearer, limit.Token)).ToList();
        (await owner.Http.GetJsonAsync("/v1/pools")).Status.ShouldBe(200);
        dawdling.ShouldAllBe(d => !d.IsCompleted);
        var answers = await Task.WhenAll(dawdling);

        // Some are cut off without a word, where the end of their body came no more before the connection was closed.
        answers.ShouldAllBe(a => a.Length == 0 || a.StartsWith("HTTP/1.1 408"));
        answers.ShouldContain(a => a.Contains("\"request_timeout\""));
        (await owner.Http.GetJsonAsync("/v1/pools")).Body["items"]!.AsArray().ShouldBeEmpty();
    }

    /// <summary>What the server says in the end, to a client that sends a byte of its body every half second.</summary>
    private async Task<string> DawdleAsync(string bearer, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(api.Address.Host, api.Address.Port, cancellationToken);
        await using var stream = client.GetStream();
        var head =
            $"POST /v1/pools HTTP/1.1\r\nHost: {api.Address.Authority}\r\nAuthorization: {bearer}\r\n"
            + "Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), cancellationToken);
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = SendSlowlyAsync(stream, answered.Token);
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // Reset, while bytes of ours were on their way.
        }
        await answered.CancelAsync();
        await sending;
        return answer.ToString();
    }

    private static async Task SendSlowlyAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await stream.WriteAsync(" "u8.ToArray(), cancellationToken);
                await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Cut off, or answered.
        }
    }
}
