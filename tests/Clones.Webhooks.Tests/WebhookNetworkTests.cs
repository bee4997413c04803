using System.Net;
using System.Net.Sockets;
using Clones.Domain.Webhooks;
using Clones.Hosting;
using Clones.Solana.Rpc;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Clones.Webhooks.Tests;

public sealed class WebhookNetworkTests : IAsyncLifetime
{
    // One for each test: what is left pending by one would be sent by the passes of another.
    private readonly WebhookWorld world = new();

    public ValueTask InitializeAsync() => world.InitializeAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Theory]
    [InlineData("private", "10.0.0.7")]
    [InlineData("link-local", "169.254.169.254")]
    [InlineData("loopback", "127.0.0.1")]
    [InlineData("loopback", "::1")]
    [InlineData("IPv4 address in IPv6", "::ffff:127.0.0.1")]
    [InlineData("private", "192.168.1.1", "fd00::1")]
    [InlineData("no address")]
    public async Task A_name_that_resolves_to_where_only_insiders_get_is_a_failed_attempt_that_says_so(
        string reason,
        params string[] addresses
    )
    {
        var worker = world.NewWorker(loopback: false, WebhookWorld.Resolve(addresses));
        var delivery = await world.AddAsync(
            await world.RegisterAsync($"https://hooks.example.org:{world.Receiver.Address.Port}/secret-path")
        );
        var before = world.Receiver.Requests.Count;

        await world.PassAsync(worker);

        var attempt = (await world.AttemptsAsync(delivery)).Single();
        attempt.Failure.ShouldNotBeNull().ShouldStartWith("It was not sent: its host has ");
        attempt.Failure.ShouldContain(reason);
        (await world.ReadAsync(delivery)).Status.ShouldBe(WebhookDeliveryStatus.Pending);
        world.Receiver.Requests.Count.ShouldBe(before);
        world.Log.Text.ShouldNotContain("secret-path");
    }

    [Fact]
    public async Task A_name_is_resolved_once_for_each_connection_so_that_a_second_answer_gains_nothing()
    {
        var asked = 0;
        var worker = world.NewWorker(
            loopback: false,
            (_, _) => Task.FromResult(new[] { IPAddress.Parse(Interlocked.Increment(ref asked) == 1 ? "10.0.0.1" : "127.0.0.1") })
        );
        await world.AddAsync(await world.RegisterAsync("https://rebinding.example.org/"));

        await world.PassAsync(worker);

        asked.ShouldBe(1);
    }

    [Fact]
    public async Task The_connection_goes_to_the_very_address_that_was_looked_at()
    {
        var url = new UriBuilder(world.Receiver.Path(200)) { Host = "hooks.example.org" }.Uri.ToString();
        var worker = world.NewWorker(loopback: true, WebhookWorld.Resolve("10.0.0.1", "127.0.0.1"));
        await world.AddAsync(await world.RegisterAsync(url));

        await world.PassAsync(worker);

        world.Receiver.At(url).ShouldHaveSingleItem().Headers["host"].ShouldStartWith("hooks.example.org");
    }

    [Fact]
    public async Task What_was_registered_under_the_setting_for_development_is_not_sent_without_it()
    {
        var url = world.Receiver.Path(200);
        var delivery = await world.AddAsync(await world.RegisterAsync(url));

        await world.PassAsync(world.NewWorker(loopback: false));

        world.Receiver.At(url).ShouldBeEmpty();
        (await world.AttemptsAsync(delivery)).Single().Failure.ShouldNotBeNull().ShouldContain("its url must be an https URL");
    }

    [Fact]
    public async Task The_setting_for_development_lets_no_http_through_on_mainnet()
    {
        var url = world.Receiver.Path(200);
        var delivery = await world.AddAsync(await world.RegisterAsync(url));

        await world.PassAsync(world.NewWorker(node: WebhookWorld.NodeOf(SolanaCluster.MainnetGenesisHash)));

        world.Receiver.At(url).ShouldBeEmpty();
        (await world.AttemptsAsync(delivery)).Single().Failure.ShouldNotBeNull().ShouldContain("its url must be an https URL");
    }

    [Fact]
    public async Task A_host_that_is_not_found_and_a_port_that_is_closed_are_named()
    {
        var lost = world.NewWorker(loopback: true, (_, _) => throw new SocketException((int)SocketError.HostNotFound));
        var unknown = await world.AddAsync(await world.RegisterAsync("https://hooks.example.org/"));
        await world.PassAsync(lost);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var closed = await world.AddAsync(await world.RegisterAsync($"http://127.0.0.1:{port}/"));
        await world.PassAsync();

        (await world.AttemptsAsync(unknown)).Single().Failure.ShouldBe("Its host was not found.");
        (await world.AttemptsAsync(closed)).Single().Failure.ShouldBe("It could not be connected to: ConnectionRefused.");
    }

    [Fact]
    public async Task The_setting_for_development_stops_the_start_on_mainnet_and_holds_only_once_the_cluster_has_answered()
    {
        var settings = new WebhookSettings { Secret = WebhookWorld.Secret, AllowsLoopback = true };
        var log = NullLogger<WebhookLoopback>.Instance;
        var ct = TestContext.Current.CancellationToken;

        var mainnet = new WebhookLoopback(settings, WebhookWorld.NodeOf(SolanaCluster.MainnetGenesisHash), log);
        var devnet = new WebhookLoopback(settings, WebhookWorld.NodeOf(SolanaCluster.DevnetGenesisHash), log);

        (await Should.ThrowAsync<ConfigurationMissingException>(() => mainnet.StartAsync(ct))).Message.ShouldContain("mainnet");
        (await mainnet.IsAllowedAsync(ct)).ShouldBeFalse();
        await devnet.StartAsync(ct);
        (await devnet.IsAllowedAsync(ct)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("too-short-to-be-secret", null)]
    [InlineData("webhook-secret-of-the-tests-0123456789abcdef", "yes please")]
    public void A_setting_that_is_missing_or_wrong_is_named_and_not_repeated(string? secret, string? loopback)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?> { [WebhookSettings.SecretName] = secret, [WebhookSettings.LoopbackName] = loopback }
            )
            .Build();

        var rejected = Should.Throw<OptionsValidationException>(() => configuration.ReadSettings<WebhookSettings>()).Message;

        rejected.ShouldContain("CLONES_WEBHOOK_");
        rejected.ShouldNotContain("too-short");
        rejected.ShouldNotContain("yes please");
    }
}
