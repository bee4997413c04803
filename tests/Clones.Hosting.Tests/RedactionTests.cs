using System.Security.Cryptography;
using Clones.Hosting.Logging;
using Clones.Solana.Primitives;
using Serilog;

namespace Clones.Hosting.Tests;

public sealed class RedactionTests
{
    /// <summary>A seed and the public key that belongs to it.</summary>
    private static readonly byte[] SecretKey = SecretKeyOf(RandomNumberGenerator.GetBytes(32));

    public static TheoryData<string> Forms =>
        [
            Convert.ToBase64String(SecretKey),
            Base58.Encode(SecretKey),
            Convert.ToHexString(SecretKey),
            string.Join(",", SecretKey),
            string.Join(", ", SecretKey),
            "Host=db;Password=hunter2hunter2;Database=x",
            "amqp://user:hunter2hunter2@broker:5672/vhost",
            "https://rpc.example/?api-key=hunter2hunter2",
            "whsec_hunter2hunter2",
            "Authorization: Bearer hunter2hunter2",
            "X-Api-Key=hunter2hunter2",
            "pwd=hunter2hunter2",
            "token=hunter2hunter2",
            """{\"apiKey\":\"hunter2hunter2\"}""",
            "eyJhbGciOiJIUzI1NiJ9.e30.abc",
        ];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Secrets_leave_no_trace_in_message_property_or_exception(string secret)
    {
        using var output = new StringWriter();
        using (var log = new LoggerConfiguration().WriteTo.Sink(new FormattingSink(output)).CreateLogger())
        {
            log.Error(
                new InvalidOperationException($"It failed with {secret}."),
                "Something about {Thing} and {@Object}",
                secret,
                new { Inner = secret }
            );
        }

        var text = output.ToString();
        text.ShouldContain(Redaction.Mark);
        text.ShouldNotContain(secret);
        text.ShouldNotContain("hunter2hunter2");
    }

    [Fact]
    public void Every_secret_key_is_taken_out_of_free_text_and_every_signature_stays()
    {
        for (var i = 0; i < 200; i++)
        {
            var secret = SecretKeyOf(SHA256.HashData([(byte)i]));
            using var key = Account.FromSeed(secret.AsSpan(0, 32));
            var (signature, hidden) = ($"{key.Sign([(byte)i])}", Base58.Encode(secret));

            Redaction.Of($"It lists {signature}, and {hidden} too.").ShouldBe($"It lists {signature}, and {Redaction.Mark} too.");
            Redaction.Of(signature + hidden).ShouldBe(Redaction.Mark);
        }
    }

    [Fact]
    public void Addresses_and_the_signature_of_a_transaction_stay_readable()
    {
        var signature = Base58.Encode(SecretKey);
        const string Address = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA";
        using var output = new StringWriter();
        using (var log = new LoggerConfiguration().WriteTo.Sink(new FormattingSink(output)).CreateLogger())
        {
            log.Information("Signed {Signature} for {Address}", signature, Address);
        }

        output.ToString().ShouldContain(signature);
        output.ToString().ShouldContain(Address);
    }

    private static byte[] SecretKeyOf(byte[] seed)
    {
        using var key = Account.FromSeed(seed);
        var secret = new byte[64];
        seed.CopyTo(secret, 0);
        key.PublicKey.CopyTo(secret.AsSpan(32));
        return secret;
    }

    private sealed class FormattingSink(TextWriter output) : Serilog.Core.ILogEventSink
    {
        private readonly RedactingFormatter formatter = new();

        public void Emit(Serilog.Events.LogEvent logEvent) => formatter.Format(logEvent, output);
    }
}
