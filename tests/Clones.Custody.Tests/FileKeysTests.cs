using Clones.Domain.Keys;
using Clones.Hosting;
using Clones.Solana.Primitives;
using Clones.Testing.Hosts;

namespace Clones.Custody.Tests;

public sealed class FileKeysTests : IDisposable
{
    private const string Second = TestKeys.Secret + "2";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("clones-keys");
    private readonly byte[] secretKey = new byte[64];
    private readonly KeyBinding binding;

    public FileKeysTests()
    {
        using var account = Account.Generate();
        account.CopySecretKeyTo(secretKey);
        binding = KeyBinding.OfWallet(Guid.CreateVersion7(), account.PublicKey.ToString());
    }

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_version_that_is_added_to_the_file_is_written_with_and_the_one_before_still_opens()
    {
        var file = Write("keys.env", Lines());
        using var keys = FileKeys.Load(file);
        var old = await SealAsync(keys);
        keys.ReadAgain().ShouldBeFalse("nothing has changed");

        Write("keys.env", Lines($"DEPOSIT_KEY_ENCRYPTION_SECRET_V2={Second}"));
        keys.ReadAgain().ShouldBeFalse("it may still be written");
        keys.ReadAgain().ShouldBeTrue();

        keys.Current.ShouldBe("v2");
        (await SealAsync(keys)).ShouldStartWith("k1:2:");
        (await OpenAsync(keys, old)).ShouldBe(secretKey);
    }

    [Fact]
    public async Task What_cannot_be_used_is_rejected_and_the_keys_before_it_stay()
    {
        var file = Write("keys.env", Lines());
        using var keys = FileKeys.Load(file);
        var stored = await SealAsync(keys);
        foreach (var broken in new[] { "", "DEPOSIT_KEY_ENCRYPTION_SECRET=short\nDEPOSIT_KEY_ENCRYPTION_SALT=salt\n" })
        {
            Write("keys.env", broken);
            Should.Throw<ConfigurationMissingException>(() => keys.ReadAgain()).Message.ShouldNotContain("short");
        }
        File.Delete(file);
        Should.Throw<ConfigurationMissingException>(() => keys.ReadAgain()).Message.ShouldContain("DEPOSIT_KEY_ENCRYPTION_FILE");

        (await OpenAsync(keys, stored)).ShouldBe(secretKey);
        keys.Current.ShouldBe("v1");
    }

    [Fact]
    public async Task A_file_that_is_half_written_is_not_sealed_with()
    {
        var whole = Lines($"DEPOSIT_KEY_ENCRYPTION_SECRET_V2={Second}, and some more of it");
        var file = Write("keys.env", Lines());
        using var keys = FileKeys.Load(file);

        // 40 characters of the secret are there: enough for a secret, but for another one.
        Write("keys.env", whole[..(whole.IndexOf("SECRET_V2=", StringComparison.Ordinal) + 50)]);
        keys.ReadAgain();
        var stored = await SealAsync(keys);
        Write("keys.env", whole);
        keys.ReadAgain();
        keys.ReadAgain();

        keys.Current.ShouldBe("v2");
        (await OpenAsync(keys, stored)).ShouldBe(secretKey);
    }

    [Fact]
    public async Task A_secret_that_is_taken_out_of_the_file_opens_nothing_any_more()
    {
        Write("keys.env", Lines($"DEPOSIT_KEY_ENCRYPTION_SECRET_V2={Second}", "DEPOSIT_KEY_ENCRYPTION_LATEST=1"));
        using var keys = FileKeys.Load(Path.Combine(folder.FullName, "keys.env"));
        var stored = await SealAsync(keys);
        stored.ShouldStartWith("k1:1:");

        Write("keys.env", $"DEPOSIT_KEY_ENCRYPTION_SALT={TestKeys.Salt}\nDEPOSIT_KEY_ENCRYPTION_SECRET_V2={Second}\n");
        keys.ReadAgain();
        keys.ReadAgain().ShouldBeTrue();

        var missing = await Should.ThrowAsync<MasterKeyMissingException>(() => OpenAsync(keys, stored));
        missing.Message.ShouldContain("DEPOSIT_KEY_ENCRYPTION_SECRET");
    }

    [Fact]
    public void A_folder_whose_links_are_swapped_as_Kubernetes_does_it_is_read_again()
    {
        WriteVersion(
            "..2026_01",
            ("DEPOSIT_KEY_ENCRYPTION_SECRET", TestKeys.Secret),
            ("DEPOSIT_KEY_ENCRYPTION_SALT", TestKeys.Salt + "\n")
        );
        var data = Path.Combine(folder.FullName, "..data");
        Directory.CreateSymbolicLink(data, "..2026_01");
        foreach (var name in new[] { "DEPOSIT_KEY_ENCRYPTION_SECRET", "DEPOSIT_KEY_ENCRYPTION_SALT" })
        {
            File.CreateSymbolicLink(Path.Combine(folder.FullName, name), Path.Combine("..data", name));
        }
        using var keys = FileKeys.Load(folder.FullName);
        using var same = TestKeys.Ring();
        Codec.Open(SecretKeyCodec.Seal(secretKey, binding, same), binding, same, new byte[64]).ShouldBe(keys.Current);

        WriteVersion("..2026_02", ("DEPOSIT_KEY_ENCRYPTION_SECRET", Second), ("DEPOSIT_KEY_ENCRYPTION_SALT", TestKeys.Salt));
        Directory.Delete(data);
        Directory.CreateSymbolicLink(data, "..2026_02");

        keys.ReadAgain();
        keys.ReadAgain().ShouldBeTrue();
    }

    [Fact]
    public async Task A_byte_order_mark_and_spaces_before_names_are_passed_over()
    {
        using var keys = FileKeys.Load(
            Write("keys.env", $"\uFEFFDEPOSIT_KEY_ENCRYPTION_SECRET={TestKeys.Secret}\n \tDEPOSIT_KEY_ENCRYPTION_SALT={TestKeys.Salt}\n")
        );
        using var same = TestKeys.Ring();

        (await OpenAsync(keys, SecretKeyCodec.Seal(secretKey, binding, same))).ShouldBe(secretKey);
    }

    [Theory]
    [InlineData("export DEPOSIT_KEY_ENCRYPTION_SECRET_V2=hunter2", "DEPOSIT_KEY_ENCRYPTION_SECRET_V2 stands behind \"export\"")]
    [InlineData("  export\tDEPOSIT_KEY_ENCRYPTION_SECRET_V2=hunter2", "DEPOSIT_KEY_ENCRYPTION_SECRET_V2 stands behind \"export\"")]
    [InlineData("DEPOSIT_KEY_ENCRYPTION_SECRETV3=hunter2", "DEPOSIT_KEY_ENCRYPTION_SECRETV3 is not a setting")]
    [InlineData("DEPOSIT_KEY_ENCRYPTION_SECRET=hunter2", "DEPOSIT_KEY_ENCRYPTION_SECRET is given twice")]
    [InlineData("deposit_key_encryption_salt=hunter2", "deposit_key_encryption_salt is given twice")]
    [InlineData("DEPOSIT_KEY_ENCRYPTION_SALT_V2=hunter2", "DEPOSIT_KEY_ENCRYPTION_SALT_V2 is a salt without its secret")]
    [InlineData("DEPOSIT_KEY_ENCRYPTION_SECRET_V2 =hunter2", "Line 4")]
    [InlineData("DEPOSIT_KEY_ENCRYPTION_SECRET_V2: hunter2", "Line 4")]
    public void A_line_that_would_not_be_read_is_rejected_and_what_it_hides_is_not_shown(string line, string reason)
    {
        var message = Should.Throw<ConfigurationMissingException>(() => FileKeys.Load(Write("keys.env", Lines(line)))).Message;

        message.ShouldContain(reason);
        message.ShouldNotContain("hunter2");
    }

    [Fact]
    public void A_file_with_a_misspelt_name_in_a_folder_is_rejected()
    {
        WriteVersion(".", ("DEPOSIT_KEY_ENCRYPTION_SECRET", TestKeys.Secret), ("DEPOSIT_KEY_ENCRYPTION_SALT", TestKeys.Salt));
        WriteVersion(".", ("DEPOSIT_KEY_ENCRYPTION_SECRETV2", Second));

        Should
            .Throw<ConfigurationMissingException>(() => FileKeys.Load(folder.FullName))
            .Message.ShouldContain("Did you mean DEPOSIT_KEY_ENCRYPTION_SECRET_V2?");
    }

    private static string Lines(params string[] more) =>
        string.Join(
            '\n',
            [
                "# a comment",
                $"DEPOSIT_KEY_ENCRYPTION_SECRET={TestKeys.Secret}\r",
                $"DEPOSIT_KEY_ENCRYPTION_SALT={TestKeys.Salt}",
                .. more,
                "",
            ]
        );

    private string Write(string name, string content)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }

    private void WriteVersion(string name, params (string Name, string Value)[] files)
    {
        var version = folder.CreateSubdirectory(name);
        foreach (var (file, value) in files)
        {
            File.WriteAllText(Path.Combine(version.FullName, file), value);
        }
    }

    private async Task<string> SealAsync(FileKeys keys) => await keys.SealAsync(secretKey, binding, CancellationToken.None);

    private async Task<byte[]> OpenAsync(FileKeys keys, string stored)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(stored);
        var opened = new byte[64];
        await keys.OpenAsync(StoredKey.Parse(bytes, binding), bytes, binding, opened, CancellationToken.None);
        return opened;
    }
}
