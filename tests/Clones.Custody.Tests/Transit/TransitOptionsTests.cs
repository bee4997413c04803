using Clones.Custody.Transit;
using Clones.Hosting;
using Clones.Testing.Hosts;

namespace Clones.Custody.Tests.Transit;

public sealed class TransitOptionsTests
{
    private const string Secret = "hvs.sekret";

    private static readonly (string Name, string Value)[] Good =
    [
        ("VAULT_ADDR", "https://vault.internal:8200"),
        ("VAULT_TOKEN", Secret),
        ("DEPOSIT_KEY_TRANSIT_KEY", "clones-deposit"),
    ];

    [Fact]
    public void Three_settings_are_enough()
    {
        var options = TransitOptions.Read(TestKeys.Configuration(Good));

        options.Address.ShouldBe(new Uri("https://vault.internal:8200/"));
        options.Key.ShouldBe("clones-deposit");
        options.Mount.ShouldBe("transit");
        options.Namespace.ShouldBeNull();
        options.Token.Current().ShouldBe(Secret);
        options.Token.ToString().ShouldNotContain(Secret);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8200")]
    [InlineData("http://localhost:8200/")]
    [InlineData("http://[::1]:8200")]
    [InlineData("https://vault.internal/behind/a/proxy")]
    public void Plain_http_is_for_this_machine_only(string address) =>
        TransitOptions.Read(TestKeys.Configuration(With("VAULT_ADDR", address))).Address.AbsoluteUri.ShouldEndWith("/");

    [Theory]
    [InlineData("VAULT_ADDR", "")]
    [InlineData("VAULT_ADDR", "vault.internal:8200")]
    [InlineData("VAULT_ADDR", "ftp://hvs.sekret")]
    [InlineData("VAULT_ADDR", "http://hvs.sekret:8200")]
    [InlineData("VAULT_ADDR", "https://hvs.sekret@vault.internal")]
    [InlineData("VAULT_ADDR", "https://vault.internal/?hvs.sekret")]
    [InlineData("VAULT_TOKEN", "")]
    [InlineData("VAULT_TOKEN", "hvs.sekret\nX-Evil: 1")]
    [InlineData("VAULT_TOKEN", "hvs.sekret é")]
    [InlineData("VAULT_NAMESPACE", "hvs.sekret\r\nX-Evil: 1")]
    [InlineData("VAULT_CACERT", "/hvs.sekret.pem")]
    [InlineData("DEPOSIT_KEY_TRANSIT_KEY", "")]
    [InlineData("DEPOSIT_KEY_TRANSIT_KEY", "../sys/hvs.sekret")]
    [InlineData("DEPOSIT_KEY_TRANSIT_KEY", "hvs.sekret/rotate")]
    [InlineData("DEPOSIT_KEY_TRANSIT_MOUNT", "../hvs.sekret")]
    [InlineData("DEPOSIT_KEY_TRANSIT_MOUNT", "transit//hvs.sekret")]
    public void What_is_missing_or_wrong_is_named_and_what_was_set_is_not_shown(string name, string value)
    {
        var rejected = Rejected(With(name, value));

        rejected.Message.ShouldContain(name);
        rejected.Message.ShouldContain("Set ");
        rejected.ToString().ShouldNotContain("sekret");
    }

    [Fact]
    public void A_token_comes_from_one_place_and_its_file_must_hold_one()
    {
        var file = Path.GetTempFileName();
        try
        {
            (string Name, string Value)[] fromFile = [.. With("VAULT_TOKEN", ""), ("VAULT_TOKEN_FILE", file)];
            Rejected([.. Good, ("VAULT_TOKEN_FILE", file)]).Message.ShouldContain("both");
            Rejected(fromFile).Message.ShouldContain("VAULT_TOKEN_FILE");
            File.WriteAllText(file, Secret + "\n");
            TransitOptions.Read(TestKeys.Configuration(fromFile)).Token.Current().ShouldBe(Secret);
        }
        finally
        {
            File.Delete(file);
        }
        Rejected([.. With("VAULT_TOKEN", ""), ("VAULT_TOKEN_FILE", file)]).Message.ShouldContain("VAULT_TOKEN_FILE");
    }

    private static (string Name, string Value)[] With(string name, string value) => [.. Good.Where(s => s.Name != name), (name, value)];

    private static ConfigurationMissingException Rejected((string Name, string Value)[] settings) =>
        Should.Throw<ConfigurationMissingException>(() => TransitOptions.Read(TestKeys.Configuration(settings)));
}
