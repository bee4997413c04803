using Clones.Custody.Transit;
using Clones.Hosting;

namespace Clones.Custody.Tests.Transit;

public sealed class TransitClientTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("aes256-gcm96")]
    [InlineData("aes128-gcm96")]
    [InlineData("chacha20-poly1305")]
    public async Task A_data_key_comes_back_as_it_was_wrapped(string type)
    {
        await using var world = await TransitWorld.StartAsync();
        world.Vault.CreateKey("typed", type);
        var client = world.Client(settings: ("DEPOSIT_KEY_TRANSIT_KEY", "typed"));
        var key = TransitWorld.FreshKey();

        var wrapped = await client.WrapAsync(key, TransitWorld.Owner, Ct);
        var opened = new byte[32];
        await client.UnwrapAsync(wrapped, TransitWorld.Owner, opened, Ct);

        wrapped.ShouldStartWith("vault:v1:");
        opened.ShouldBe(key);
    }

    [Fact]
    public async Task Every_request_names_token_namespace_and_itself()
    {
        await using var world = await TransitWorld.StartAsync();
        (world.Vault.Namespace, world.Vault.Mount) = ("team/payments", "kms/transit");
        var client = world.Client(settings: [("VAULT_NAMESPACE", "team/payments"), ("DEPOSIT_KEY_TRANSIT_MOUNT", "/kms/transit/")]);

        await client.WrapAsync(TransitWorld.FreshKey(), TransitWorld.Owner, Ct);

        var wrap = world.Vault.Requests[^1];
        wrap.Path.ShouldBe("/v1/kms/transit/encrypt/deposit");
        wrap.Token.ShouldBe(world.Vault.Token);
        wrap.Namespace.ShouldBe("team/payments");
        wrap.HasRequestHeader.ShouldBeTrue();
    }

    [Fact]
    public async Task Other_associated_data_is_rejected_and_leaves_zeros()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = world.Client();
        var wrapped = await client.WrapAsync(TransitWorld.FreshKey(), TransitWorld.Owner, Ct);
        var opened = TransitWorld.FreshKey();

        var rejected = await Should.ThrowAsync<TransitRejectedException>(client.UnwrapAsync(wrapped, TransitWorld.OtherOwner, opened, Ct));

        rejected.Fault.ShouldBe(TransitFault.NotAuthentic);
        rejected.Version.ShouldBe(1);
        opened.ShouldAllBe(b => b == 0);
    }

    [Fact]
    public async Task A_changed_ciphertext_is_rejected_wherever_it_was_changed()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = world.Client();
        var wrapped = await client.WrapAsync(TransitWorld.FreshKey(), TransitWorld.Owner, Ct);

        for (var i = 0; i < wrapped.Length; i++)
        {
            var changed = wrapped[..i] + (wrapped[i] == 'A' ? 'B' : 'A') + wrapped[(i + 1)..];
            await Should.ThrowAsync<TransitRejectedException>(client.UnwrapAsync(changed, TransitWorld.Owner, new byte[32], Ct));
        }
    }

    [Fact]
    public async Task What_is_no_ciphertext_is_rejected_without_asking_vault()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = await world.CheckedClientAsync();

        var rejected = await Should.ThrowAsync<TransitRejectedException>(
            client.UnwrapAsync("k1:1:ab", TransitWorld.Owner, new byte[32], Ct)
        );

        rejected.Fault.ShouldBe(TransitFault.NoCiphertext);
        world.Vault.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_version_that_the_key_does_not_have_is_rejected()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = world.Client();
        var wrapped = await client.WrapAsync(TransitWorld.FreshKey(), TransitWorld.Owner, Ct);

        var rejected = await Should.ThrowAsync<TransitRejectedException>(
            client.UnwrapAsync(wrapped.Replace("v1", "v7"), TransitWorld.Owner, new byte[32], Ct)
        );

        rejected.Fault.ShouldBe(TransitFault.VersionUnknown);
        rejected.Version.ShouldBe(7);
    }

    [Fact]
    public async Task After_a_rotation_old_ciphertexts_open_and_new_ones_have_the_new_version()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = world.Client();
        var key = TransitWorld.FreshKey();
        var old = await client.WrapAsync(key, TransitWorld.Owner, Ct);
        world.Key.Rotate();

        var opened = new byte[32];
        await client.UnwrapAsync(old, TransitWorld.Owner, opened, Ct);

        opened.ShouldBe(key);
        (await client.WrapAsync(key, TransitWorld.Owner, Ct)).ShouldStartWith("vault:v2:");
        (await client.ReadKeyAsync(Ct)).ShouldBe(new TransitKeyFacts("aes256-gcm96", 2, 1, 0, LeavesVault: false));
    }

    [Fact]
    public async Task A_version_below_min_decryption_version_is_rejected_until_it_is_allowed_again()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = world.Client();
        var old = await client.WrapAsync(TransitWorld.FreshKey(), TransitWorld.Owner, Ct);
        world.Key.Rotate();
        world.Key.MinDecryptionVersion = 2;

        var rejected = await Should.ThrowAsync<TransitRejectedException>(client.UnwrapAsync(old, TransitWorld.Owner, new byte[32], Ct));
        rejected.Fault.ShouldBe(TransitFault.VersionTooOld);
        rejected.Message.ShouldContain("min_decryption_version");

        world.Key.MinDecryptionVersion = 1;
        await client.UnwrapAsync(old, TransitWorld.Owner, new byte[32], Ct);
    }

    [Fact]
    public async Task A_key_that_is_missing_is_not_made_by_wrapping()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = world.Client(settings: ("DEPOSIT_KEY_TRANSIT_KEY", "depozit"));

        var rejected = await Should.ThrowAsync<ConfigurationMissingException>(
            client.WrapAsync(TransitWorld.FreshKey(), TransitWorld.Owner, Ct)
        );

        rejected.Message.ShouldContain("DEPOSIT_KEY_TRANSIT_KEY");
        world.Vault.HasKey("depozit").ShouldBeFalse();
    }

    [Fact]
    public async Task A_key_that_has_gone_counts_as_unavailable_not_as_a_lost_ciphertext()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = world.Client();
        var wrapped = await client.WrapAsync(TransitWorld.FreshKey(), TransitWorld.Owner, Ct);
        var elsewhere = world.Client(settings: ("DEPOSIT_KEY_TRANSIT_KEY", "gone"));

        var unavailable = await Should.ThrowAsync<TransitUnavailableException>(
            elsewhere.UnwrapAsync(wrapped, TransitWorld.Owner, new byte[32], Ct)
        );

        unavailable.Message.ShouldContain("DEPOSIT_KEY_TRANSIT_KEY");
    }

    [Theory]
    [InlineData("rsa-2048", false, "type without associated data")]
    [InlineData("aes256-gcm96", true, "derived")]
    public async Task A_key_that_cannot_bind_is_rejected_before_anything_is_wrapped(string type, bool derived, string reason)
    {
        await using var world = await TransitWorld.StartAsync();
        world.Vault.CreateKey("other", type, derived);
        var client = world.Client(settings: ("DEPOSIT_KEY_TRANSIT_KEY", "other"));

        var rejected = await Should.ThrowAsync<ConfigurationMissingException>(client.CheckAsync(Ct));

        rejected.Message.ShouldContain(reason);
        rejected.Message.ShouldContain("DEPOSIT_KEY_TRANSIT_KEY");
    }

    [Fact]
    public async Task A_vault_that_passes_over_associated_data_is_rejected()
    {
        await using var world = await TransitWorld.StartAsync();
        world.Vault.IgnoresAssociatedData = true;

        var rejected = await Should.ThrowAsync<ConfigurationMissingException>(
            world.Client().WrapAsync(TransitWorld.FreshKey(), TransitWorld.Owner, Ct)
        );

        rejected.Message.ShouldContain("associated_data");
    }

    [Fact]
    public async Task A_key_that_may_leave_vault_is_said_in_the_log()
    {
        await using var world = await TransitWorld.StartAsync();
        world.Key.Exportable = true;

        (await world.Client().CheckAsync(Ct)).LeavesVault.ShouldBeTrue();

        world.Log.Text.ShouldContain("exported");
    }

    [Fact]
    public async Task Nothing_is_wrapped_without_an_owner_or_with_another_length()
    {
        await using var world = await TransitWorld.StartAsync();
        var client = await world.CheckedClientAsync();

        await Should.ThrowAsync<ArgumentException>(client.WrapAsync(TransitWorld.FreshKey(), Array.Empty<byte>(), Ct));
        await Should.ThrowAsync<ArgumentException>(client.WrapAsync(new byte[31], TransitWorld.Owner, Ct));
        await Should.ThrowAsync<ArgumentException>(client.UnwrapAsync("vault:v1:", TransitWorld.Owner, new byte[33], Ct));
        world.Vault.Requests.ShouldBeEmpty();
    }
}
