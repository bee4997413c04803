using System.Net.Http.Json;
using Clones.Workers.Keys.Transit;

namespace Clones.Workers.Tests.Keys.Transit;

public sealed class TransitRewrapTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_rotation_a_rewrap_brings_every_data_key_under_the_new_version_in_two_requests()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = await world.CheckedClientAsync();
        var keys = Enumerable.Range(0, 50).Select(_ => TransitWorld.FreshKey()).ToArray();
        var items = new List<(string, byte[])>();
        for (var i = 0; i < keys.Length; i++)
        {
            items.Add((await client.WrapAsync(keys[i], Owner(i), Ct), Owner(i)));
        }
        world.Key.Rotate();
        world.Vault.ForgetRequests();

        var rewrapped = await client.RewrapAsync(items, Ct);

        world.Vault.Requests.Select(r => r.Operation).ShouldBe(["decrypt", "encrypt"]);
        world.Key.MinDecryptionVersion = 2;
        for (var i = 0; i < keys.Length; i++)
        {
            var opened = new byte[32];
            await client.UnwrapAsync(rewrapped[i].Wrapped!, Owner(i), opened, Ct);
            opened.ShouldBe(keys[i]);
        }
        await Should.ThrowAsync<TransitRefusedException>(client.UnwrapAsync(rewrapped[0].Wrapped!, Owner(1), new byte[32], Ct));
    }

    [Fact]
    public async Task Bad_items_of_a_batch_say_why_and_the_others_are_rewrapped()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = await world.CheckedClientAsync();
        var (first, last) = (TransitWorld.FreshKey(), TransitWorld.FreshKey());
        var tooOld = await client.WrapAsync(TransitWorld.FreshKey(), Owner(2), Ct);
        world.Key.Rotate();
        world.Key.MinDecryptionVersion = 2;
        (string, byte[])[] items =
        [
            (await client.WrapAsync(first, Owner(0), Ct), Owner(0)),
            (await client.WrapAsync(TransitWorld.FreshKey(), Owner(1), Ct), Owner(9)),
            (tooOld, Owner(2)),
            ("no ciphertext", Owner(3)),
            (await client.WrapAsync(last, Owner(4), Ct), Owner(4)),
        ];

        var rewrapped = await client.RewrapAsync(items, Ct);

        rewrapped
            .Select(r => (r.Error as TransitRefusedException)?.Fault)
            .ShouldBe([null, TransitFault.NotAuthentic, TransitFault.VersionTooOld, TransitFault.NoCiphertext, null]);
        rewrapped.Select(r => r.Wrapped is null).ShouldBe([false, true, true, true, false]);
        var opened = new byte[32];
        await client.UnwrapAsync(rewrapped[0].Wrapped!, Owner(0), opened, Ct);
        opened.ShouldBe(first);
        await client.UnwrapAsync(rewrapped[4].Wrapped!, Owner(4), opened, Ct);
        opened.ShouldBe(last);
    }

    [Fact]
    public async Task A_batch_of_bad_items_only_wraps_nothing()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = await world.CheckedClientAsync();
        var wrapped = await client.WrapAsync(TransitWorld.FreshKey(), Owner(0), Ct);
        world.Vault.ForgetRequests();

        (await client.RewrapAsync([(wrapped, Owner(1)), ("", Owner(2))], Ct)).ShouldAllBe(r => r.Error is TransitRefusedException);
        world.Vault.Requests.Select(r => r.Operation).ShouldBe(["decrypt"]);

        (await client.RewrapAsync([], Ct)).ShouldBeEmpty();
        (await client.RewrapAsync([("", Owner(2))], Ct)).ShouldHaveSingleItem();
        world.Vault.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_error_that_is_not_known_counts_against_vault_not_against_the_ciphertext()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = await world.CheckedClientAsync();
        var wrapped = await client.WrapAsync(TransitWorld.FreshKey(), Owner(0), Ct);
        world.Vault.AnswerNext(
            """{"data":{"batch_results":[{"plaintext":"","error":"the hardware module is warming up","reference":""}]}}""",
            400
        );

        (await client.RewrapAsync([(wrapped, Owner(0))], Ct)).ShouldHaveSingleItem().Error.ShouldBeOfType<TransitUnavailableException>();
    }

    [Fact]
    public async Task Nothing_is_rewrapped_where_vault_goes_away_between_the_two_requests()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = await world.CheckedClientAsync();
        var key = TransitWorld.FreshKey();
        var wrapped = await client.WrapAsync(key, Owner(0), Ct);
        world.Vault.AnswerNext($$$"""{"data":{"batch_results":[{"plaintext":"{{{Convert.ToBase64String(key)}}}"}]}}""");
        world.Vault.IsSealed = true;

        await Should.ThrowAsync<TransitUnavailableException>(client.RewrapAsync([(wrapped, Owner(0))], Ct));
    }

    [Fact]
    public async Task More_than_a_thousand_items_are_refused()
    {
        await using var world = await TransitWorld.StartAsync();
        var items = Enumerable.Repeat(("vault:v1:", Owner(0)), TransitClient.RewrapItemsMax + 1).ToArray();

        await Should.ThrowAsync<ArgumentOutOfRangeException>(world.Client().RewrapAsync(items, Ct));
    }

    /// <summary>Why the rewrap is not Vault's. The day it takes associated_data, this stays as it is: the stand-in follows the Vault of its time.</summary>
    [Fact]
    public async Task The_rewrap_of_vault_does_not_open_what_has_associated_data()
    {
        await using var world = await TransitWorld.StartAsync();
        var wrapped = await world.Client().WrapAsync(TransitWorld.FreshKey(), Owner(0), Ct);
        using var http = new HttpClient { BaseAddress = new Uri(world.Vault.Address) };
        http.DefaultRequestHeaders.Add("X-Vault-Token", world.Vault.Token);
        http.DefaultRequestHeaders.Add("X-Vault-Request", "true");
        var body = new { ciphertext = wrapped, associated_data = Convert.ToBase64String(Owner(0)) };

        var answer = await http.PostAsJsonAsync("/v1/transit/rewrap/deposit", body, Ct);

        ((int)answer.StatusCode).ShouldBe(400);
        (await answer.Content.ReadAsStringAsync(Ct)).ShouldContain("message authentication failed");
    }

    private static byte[] Owner(int i) => System.Text.Encoding.UTF8.GetBytes($"wallet {i}");
}
