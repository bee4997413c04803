using System.Text;
using Clones.Domain.Webhooks;

namespace Clones.Webhooks.Tests;

public sealed class WebhookSignatureTests
{
    /// <summary>The vector that the specification's libraries share.</summary>
    [Fact]
    public void The_signature_is_that_of_the_specification()
    {
        var secret = Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

        var signature = WebhookSignature.Of(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            Encoding.UTF8.GetBytes("{\"test\": 2432232314}"),
            secret
        );

        signature.ShouldBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    [Fact]
    public void Every_endpoint_and_every_generation_has_a_secret_of_its_own_and_keeps_it()
    {
        var (one, other) = (Guid.NewGuid(), Guid.NewGuid());
        var secrets = WebhookWorld.Secrets;

        string[] all = [secrets.Show(one, 1), secrets.Show(one, 2), secrets.Show(one, 256), secrets.Show(other, 1)];

        all.Distinct().Count().ShouldBe(4);
        secrets.Show(one, 1).ShouldBe(all[0]);
        new WebhookSecrets(Encoding.UTF8.GetBytes(WebhookWorld.Secret + "!")).Show(one, 1).ShouldNotBe(all[0]);
        Convert.FromBase64String(all[0]["whsec_".Length..]).ShouldBe(secrets.Derive(one, 1));
    }
}
