using System.Text;
using Clones.Custody.Transit;
using Clones.Domain.Keys;
using Clones.Solana.Primitives;

namespace Clones.Custody.Tests.Transit;

public sealed class TransitKeysTests
{
    private readonly byte[] secretKey = new byte[64];
    private readonly KeyBinding binding;

    public TransitKeysTests()
    {
        using var account = Account.Generate();
        account.CopySecretKeyTo(secretKey);
        binding = KeyBinding.OfWallet(Guid.CreateVersion7(), account.PublicKey.ToString());
    }

    [Fact]
    public async Task What_is_sealed_opens_and_Vault_never_sees_the_key_of_the_wallet()
    {
        await using var world = await TransitWorld.StartAsync();
        var keys = new TransitKeys(world.Client());
        var stored = await SealAsync(keys);

        stored.ShouldStartWith("k1:transit:vault:v1:");
        (await OpenAsync(keys, stored, binding)).ShouldBe(secretKey);
        StoredKey.Parse(Encoding.UTF8.GetBytes(stored), binding).MasterKey.ShouldBe(keys.Current);
        (await SealAsync(keys)).ShouldNotBe(stored);
    }

    [Fact]
    public async Task Moved_to_another_wallet_it_does_not_open()
    {
        await using var world = await TransitWorld.StartAsync();
        var keys = new TransitKeys(world.Client());
        var stored = await SealAsync(keys);
        foreach (var other in new[] { binding with { Id = Guid.CreateVersion7() }, binding with { Purpose = "mint" } })
        {
            await Should.ThrowAsync<KeyUnusableException>(() => OpenAsync(keys, stored, other));
        }
    }

    [Fact]
    public async Task Any_character_changed_is_rejected()
    {
        await using var world = await TransitWorld.StartAsync();
        var keys = new TransitKeys(world.Client());
        var stored = await SealAsync(keys);
        for (var i = 0; i < stored.Length; i++)
        {
            var changed = stored.ToCharArray();
            changed[i] = changed[i] == '7' ? '8' : '7';
            await Should.ThrowAsync<Exception>(() => OpenAsync(keys, new string(changed), binding), $"position {i} of {stored.Length}");
        }
    }

    [Fact]
    public async Task After_a_rotation_in_Vault_what_is_under_the_version_before_is_outdated_and_opens()
    {
        await using var world = await TransitWorld.StartAsync();
        var keys = new TransitKeys(world.Client());
        var stored = await SealAsync(keys);
        world.Key.Rotate();

        await keys.AskAsync(thoroughly: false, CancellationToken.None);

        keys.Current.ShouldBe("transit-v2");
        (await OpenAsync(keys, stored, binding)).ShouldBe(secretKey);
        (await SealAsync(keys)).ShouldStartWith("k1:transit:vault:v2:");
    }

    [Fact]
    public async Task While_Vault_is_sealed_a_key_is_waited_for_and_not_given_up()
    {
        await using var world = await TransitWorld.StartAsync();
        var keys = new TransitKeys(world.Client());
        var stored = await SealAsync(keys);
        world.Vault.IsSealed = true;

        (await Should.ThrowAsync<MasterKeyMissingException>(() => OpenAsync(keys, stored, binding))).Message.ShouldContain("transit-v1");

        world.Vault.IsSealed = false;
        (await OpenAsync(keys, stored, binding)).ShouldBe(secretKey);
    }

    [Fact]
    public async Task A_version_that_Vault_opens_no_more_is_rejected_by_name()
    {
        await using var world = await TransitWorld.StartAsync();
        var keys = new TransitKeys(world.Client());
        var stored = await SealAsync(keys);
        world.Key.Rotate();
        world.Key.MinDecryptionVersion = 2;

        var rejected = await Should.ThrowAsync<KeyUnusableException>(() => OpenAsync(keys, stored, binding));
        rejected.ShouldNotBeOfType<MasterKeyMissingException>();
        rejected.MasterKey.ShouldBe("transit-v1");
    }

    private async Task<string> SealAsync(TransitKeys keys) => await keys.SealAsync(secretKey, binding, CancellationToken.None);

    private static async Task<byte[]> OpenAsync(TransitKeys keys, string stored, KeyBinding binding)
    {
        var bytes = Encoding.UTF8.GetBytes(stored);
        var opened = new byte[64];
        await keys.OpenAsync(StoredKey.Parse(bytes, binding), bytes, binding, opened, CancellationToken.None);
        return opened;
    }
}
