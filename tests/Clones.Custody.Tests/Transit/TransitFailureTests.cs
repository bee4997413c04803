using Clones.Custody.Transit;

namespace Clones.Custody.Tests.Transit;

public sealed class TransitFailureTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rejected_token_is_said_at_once_and_a_renewed_file_works_without_a_restart()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = await world.CheckedClientAsync();
        world.Vault.Token = "hvs.renewed";

        var unavailable = await Should.ThrowAsync<TransitUnavailableException>(Wrap(client));
        unavailable.StatusCode.ShouldBe(403);
        unavailable.Message.ShouldContain("VAULT_TOKEN_FILE");
        world.Vault.Requests.Count.ShouldBe(1);

        world.WriteToken("hvs.renewed");
        await Wrap(client);
    }

    [Fact]
    public async Task A_token_that_is_renewed_while_the_old_one_is_rejected_is_used_in_the_same_call()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = await world.CheckedClientAsync();
        world.Vault.Token = "hvs.renewed";
        world.Vault.OnForbidden = () => world.WriteToken("hvs.renewed");

        await Wrap(client);

        world.Vault.Requests.Select(r => r.Token == "hvs.renewed").ShouldBe([false, true]);
    }

    [Fact]
    public async Task A_token_file_that_is_empty_or_gone_for_a_moment_leaves_the_last_token_in_use()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = await world.CheckedClientAsync();

        world.WriteToken("");
        await Wrap(client);
        File.Delete(world.TokenFile);
        await Wrap(client);
    }

    [Fact]
    public async Task A_sealed_vault_is_unavailable_after_four_attempts()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = await world.CheckedClientAsync();
        world.Vault.IsSealed = true;

        var unavailable = await Should.ThrowAsync<TransitUnavailableException>(Wrap(client));

        unavailable.StatusCode.ShouldBe(503);
        unavailable.Message.ShouldContain("sealed");
        world.Vault.Requests.Count.ShouldBe(4);
        world.Vault.IsSealed = false;
        await Wrap(client);
    }

    [Fact]
    public async Task A_rate_limit_that_passes_is_waited_out_and_one_that_stays_is_unavailable()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = await world.CheckedClientAsync();

        world.Vault.RateLimited = 3;
        await Wrap(client);
        world.Vault.RateLimited = 4;
        (await Should.ThrowAsync<TransitUnavailableException>(Wrap(client))).StatusCode.ShouldBe(429);
    }

    [Fact]
    public async Task Waits_double_and_are_as_long_as_vault_asks_but_for_no_more_than_five_seconds()
    {
        await using var world = await TransitWorld.StartAsync();
        var time = new HurriedTime();
        var client = await world.CheckedClientAsync(time);

        world.Vault.RateLimited = 3;
        await Wrap(client);
        time.Waits.Count.ShouldBe(3);
        for (var i = 0; i < 3; i++)
        {
            time.Waits[i].ShouldBeInRange(TimeSpan.FromMilliseconds(200 << i), TimeSpan.FromMilliseconds(300 << i));
        }

        time.Waits.Clear();
        (world.Vault.RateLimited, world.Vault.RetryAfter) = (1, 2);
        await Wrap(client);
        (world.Vault.RateLimited, world.Vault.RetryAfter) = (1, 3600);
        await Wrap(client);
        time.Waits.ShouldBe([TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5)]);
    }

    [Fact]
    public async Task A_vault_that_does_not_answer_is_unavailable_after_four_time_outs()
    {
        await using var world = await TransitWorld.StartAsync();
        await world.CheckedClientAsync();
        var wrapped = await world.Client().WrapAsync(TransitWorld.FreshKey(), TransitWorld.Owner, Ct);
        world.Vault.ForgetRequests();
        world.Vault.Unanswered = int.MaxValue;
        var hasty = world.Client(attemptTimeout: TimeSpan.FromMilliseconds(300));

        var unavailable = await Should.ThrowAsync<TransitUnavailableException>(
            hasty.UnwrapAsync(wrapped, TransitWorld.Owner, new byte[32], Ct)
        );

        unavailable.Message.ShouldContain("has not answered in 0.3 s");
        unavailable.Message.ShouldContain("4 attempts");
        unavailable.StatusCode.ShouldBeNull();
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_not_told_that_vault_is_unavailable()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = await world.CheckedClientAsync();
        world.Vault.Unanswered = 1;
        using var gone = new CancellationTokenSource();
        var wrap = client.WrapAsync(TransitWorld.FreshKey(), TransitWorld.Owner, gone.Token);

        await gone.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(wrap);
    }

    [Fact]
    public async Task A_connection_that_is_cut_after_the_work_is_made_anew()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = await world.CheckedClientAsync();
        var key = TransitWorld.FreshKey();
        world.Vault.Dropped = 3;

        var wrapped = await client.WrapAsync(key, TransitWorld.Owner, Ct);

        var opened = new byte[32];
        await client.UnwrapAsync(wrapped, TransitWorld.Owner, opened, Ct);
        opened.ShouldBe(key);
        world.Vault.Dropped = 4;
        var unavailable = await Should.ThrowAsync<TransitUnavailableException>(Wrap(client));
        unavailable.Message.ShouldContain("4 attempts");
    }

    [Fact]
    public async Task A_vault_that_is_down_is_unavailable()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = await world.CheckedClientAsync();
        await world.Vault.DisposeAsync();

        (await Should.ThrowAsync<TransitUnavailableException>(Wrap(client))).Message.ShouldContain("VAULT_ADDR");
    }

    [Fact]
    public async Task A_redirect_is_not_followed_with_a_token()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = await world.CheckedClientAsync();
        await using var elsewhere = await TransitWorld.StartAsync();
        world.Vault.RedirectTo = elsewhere.Vault.Address;

        (await Should.ThrowAsync<TransitUnavailableException>(Wrap(client))).Message.ShouldContain("active node");
        world.Vault.Requests.Count.ShouldBe(1);
        elsewhere.Vault.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_private_authority_is_trusted_where_it_is_named_and_only_there()
    {
        await using var world = await TransitWorld.StartAsync(tls: true);
        var pem = world.TokenFile + ".pem";
        await File.WriteAllTextAsync(pem, world.Vault.CertificatePem, Ct);
        try
        {
            await Wrap(world.Client(settings: ("VAULT_CACERT", pem)));
            (await Should.ThrowAsync<TransitUnavailableException>(Wrap(world.Client()))).Message.ShouldContain("VAULT_CACERT");
        }
        finally
        {
            File.Delete(pem);
        }
    }

    private static Task<string> Wrap(TransitClient client) => client.WrapAsync(TransitWorld.FreshKey(), TransitWorld.Owner, Ct);
}
