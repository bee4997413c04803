using Clones.Custody.Transit;

namespace Clones.Custody.Tests.Transit;

public sealed class TransitAnswerTests
{
    private const string Base64Of32 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private const string Base64Of60 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("<html>maintenance</html>", "not JSON")]
    [InlineData("", "not JSON")]
    [InlineData("[]", "no object")]
    [InlineData("{}", "data is missing")]
    [InlineData("""{"data":null}""", "data is no object")]
    [InlineData("""{"data":{}}""", "data.plaintext is missing")]
    [InlineData("""{"data":{"plaintext":5}}""", "plaintext is no string")]
    [InlineData("""{"data":{"plaintext":null}}""", "plaintext is no string")]
    [InlineData("""{"data":{"plaintext":""}}""", "base64 of 32 bytes")]
    [InlineData("""{"data":{"plaintext":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg=="}}""", "base64 of 32 bytes")]
    [InlineData("""{"data":{"plaintext":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g"}}""", "base64 of 32 bytes")]
    [InlineData("""{"data":{"plaintext":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8*"}}""", "base64 of 32 bytes")]
    [InlineData("""{"data":{"plaintext":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" """, "not JSON")]
    [InlineData("""{"data":{"plaintext":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}} more""", "not JSON")]
    [InlineData("""{"data":{"plaintext":"\ud800"}}""", "no Unicode text")]
    public async Task An_answer_to_decrypt_that_is_not_vaults_says_what_is_wrong_and_leaves_zeros(string answer, string reason)
    {
        await using var world = await TransitWorld.StartAsync();
        var client = world.Client();
        world.Vault.AnswerNext(answer);
        var opened = TransitWorld.FreshKey();

        var unavailable = await Should.ThrowAsync<TransitUnavailableException>(
            client.UnwrapAsync("vault:v1:" + Base64Of60, TransitWorld.Owner, opened, Ct)
        );

        unavailable.Message.ShouldContain(reason);
        opened.ShouldAllBe(b => b == 0);
        world.Vault.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(""" {"auth":null,"data":{"reference":"","plaintext":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="},"x":[{}]} """)]
    [InlineData("""{"data":{"plaintext":"\u0041AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\u003d"}}""")]
    public async Task Order_white_space_and_escapes_of_an_answer_do_not_matter(string answer)
    {
        await using var world = await TransitWorld.StartAsync();
        world.Vault.AnswerNext(answer);
        var opened = new byte[32];

        await world.Client().UnwrapAsync("vault:v1:" + Base64Of60, TransitWorld.Owner, opened, Ct);

        Convert.ToBase64String(opened).ShouldBe(Base64Of32);
    }

    [Theory]
    [InlineData("""{"data":{"key_version":1}}""", "data.ciphertext is missing")]
    [InlineData("""{"data":{"ciphertext":17}}""", "ciphertext is no string")]
    [InlineData("""{"data":{"ciphertext":"AAECAwQF"}}""", "vault:v<version>")]
    [InlineData("""{"data":{"ciphertext":"vault:v1:AAECAwQF"}}""", "vault:v<version>")]
    public async Task An_answer_to_encrypt_that_is_not_vaults_is_not_stored(string answer, string reason)
    {
        await using var world = await TransitWorld.StartAsync();
        var client = await world.CheckedClientAsync();
        world.Vault.AnswerNext(answer);

        (
            await Should.ThrowAsync<TransitUnavailableException>(client.WrapAsync(new byte[32], TransitWorld.Owner, Ct))
        ).Message.ShouldContain(reason);
    }

    [Theory]
    [InlineData("""{"data":{}}""", "data.derived is missing")]
    [InlineData("""{"data":{"derived":"no"}}""", "data.derived is neither")]
    [InlineData("""{"data":{"derived":false,"type":"aes256-gcm96"}}""", "data.latest_version is missing")]
    [InlineData("""{"data":{"derived":false,"latest_version":"1"}}""", "data.latest_version is no whole number")]
    [InlineData("""{"data":{"derived":false,"latest_version":1.5}}""", "data.latest_version is no whole number")]
    [InlineData("""{"data":{"type":1}}""", "data.type is no string")]
    public async Task Facts_of_a_key_that_are_not_vaults_say_what_is_wrong(string answer, string reason)
    {
        await using var world = await TransitWorld.StartAsync();
        world.Vault.AnswerNext(answer);

        (await Should.ThrowAsync<TransitUnavailableException>(world.Client().ReadKeyAsync(Ct))).Message.ShouldContain(reason);
    }

    [Fact]
    public async Task An_endless_answer_is_not_read_to_its_end()
    {
        await using var world = await TransitWorld.StartAsync();
        world.Vault.AnswerNext(new string(' ', 1_000_000));

        (await Should.ThrowAsync<TransitUnavailableException>(world.Client().ReadKeyAsync(Ct))).Message.ShouldContain("65536 bytes");
    }

    [Theory]
    [InlineData("vault:v1:" + Base64Of60, 1)]
    [InlineData("vault:v2147483647:" + Base64Of60, int.MaxValue)]
    public void A_ciphertext_has_a_version(string text, int version)
    {
        TransitCiphertext.TryParse(text, out var ciphertext).ShouldBeTrue();
        ciphertext!.Version.ShouldBe(version);
        ciphertext.ToString().ShouldNotContain(Base64Of60);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("vault:v1")]
    [InlineData("vault:v1:")]
    [InlineData("vault:v0:" + Base64Of60)]
    [InlineData("vault:v01:" + Base64Of60)]
    [InlineData("vault:v+1:" + Base64Of60)]
    [InlineData("vault:v 1:" + Base64Of60)]
    [InlineData("vault:v2147483648:" + Base64Of60)]
    [InlineData("vault:v:" + Base64Of60)]
    [InlineData("Vault:v1:" + Base64Of60)]
    [InlineData(" vault:v1:" + Base64Of60)]
    [InlineData("vault:v1:" + Base64Of60 + "\n")]
    [InlineData("vault:v1:" + Base64Of60 + "AAAA")]
    [InlineData("vault:v1:" + Base64Of32)]
    [InlineData("vault:v1:    AwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7")]
    [InlineData("vault:v1:_AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7")]
    public void Anything_but_the_exact_form_of_a_ciphertext_is_rejected(string? text) =>
        TransitCiphertext.TryParse(text, out _).ShouldBeFalse();
}
