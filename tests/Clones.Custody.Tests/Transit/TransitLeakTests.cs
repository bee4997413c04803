using System.Security.Cryptography;
using Clones.Custody.Transit;

namespace Clones.Custody.Tests.Transit;

public sealed class TransitLeakTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Neither_token_nor_data_key_nor_ciphertext_is_in_any_exception_or_log_even_where_a_server_echoes_them()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = await world.CheckedClientAsync();
        var key = TransitWorld.FreshKey();
        var wrapped = await client.WrapAsync(key, TransitWorld.Owner, Ct);
        var secrets = new[]
        {
            world.Vault.Token,
            Convert.ToBase64String(key),
            Convert.ToHexString(key),
            Convert.ToHexStringLower(key),
            wrapped,
            wrapped[9..],
        };
        var echo = string.Join(' ', secrets);
        var said = new List<string>();

        foreach (var status in new[] { 200, 302, 400, 403, 404, 405, 412, 429, 473, 500, 502, 503 })
        {
            foreach (
                var body in new[]
                {
                    $$$"""{"errors":["{{{echo}}}"]}""",
                    $$$"""{"errors":["cipher: message authentication failed {{{echo}}}"]}""",
                    $$$"""{"data":{"plaintext":"{{{echo}}}","ciphertext":"{{{echo}}}","type":"{{{echo}}}"}}""",
                    $$$"""{"data":{"batch_results":[{"error":"{{{echo}}}"}]}}""",
                    echo,
                }
            )
            {
                await Say(() => client.WrapAsync(key, TransitWorld.Owner, Ct), status, body);
                await Say(() => client.UnwrapAsync(wrapped, TransitWorld.Owner, new byte[32], Ct), status, body);
                await Say(() => client.ReadKeyAsync(Ct), status, body);
            }
        }
        await Say(() => client.UnwrapAsync(wrapped, TransitWorld.OtherOwner, new byte[32], Ct), null, "");
        await Say(() => client.UnwrapAsync(wrapped + "x", TransitWorld.Owner, new byte[32], Ct), null, "");

        said.Count.ShouldBeGreaterThan(150);
        world.Log.Text.ShouldContain("tried again");
        foreach (var text in said.Append(world.Log.Text))
        {
            secrets.ShouldAllBe(secret => !text.Contains(secret));
        }

        async Task Say(Func<Task> call, int? status, string body)
        {
            for (var attempt = 0; status is { } code && attempt < 4; attempt++)
            {
                world.Vault.AnswerNext(body, code);
            }
            try
            {
                await call();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                said.Add(e.ToString());
            }
            world.Vault.ForgetAnswers();
        }
    }

    [Fact]
    public void A_buffer_is_wiped_when_it_grows_and_when_it_is_disposed()
    {
        var buffer = new PinnedBuffer(32);
        var first = buffer.GetMemory();
        RandomNumberGenerator.Fill(first.Span);
        buffer.Advance(32);
        var copy = first.ToArray();

        var second = buffer.GetMemory(32);
        first.Span.ToArray().ShouldAllBe(b => b == 0);
        var written = buffer.Written;
        written.ToArray().ShouldBe(copy);
        RandomNumberGenerator.Fill(second.Span);

        buffer.Dispose();
        written.ToArray().ShouldAllBe(b => b == 0);
        second.ToArray().ShouldAllBe(b => b == 0);
    }
}
