using System.Security.Cryptography;
using Clones.Custody.Transit;
using Clones.Testing;
using Clones.Testing.Hosts;
using Clones.Testing.Transit;
using Microsoft.Extensions.Logging;

namespace Clones.Custody.Tests.Transit;

/// <summary>A stand-in with the key <c>deposit</c>, a token file, and what the clients of the test log.</summary>
internal sealed class TransitWorld : IAsyncDisposable
{
    public static readonly byte[] Owner = "wallet 1"u8.ToArray();
    public static readonly byte[] OtherOwner = "wallet 2"u8.ToArray();
    private readonly List<TransitClient> clients = [];
    private readonly ILoggerFactory loggers;

    private TransitWorld(TransitStandIn vault)
    {
        Vault = vault;
        loggers = LoggerFactory.Create(logging => logging.AddProvider(Log).SetMinimumLevel(LogLevel.Trace));
    }

    public TransitStandIn Vault { get; }

    public TransitStandInKey Key => Vault.CreateKey("deposit");

    public string TokenFile { get; } = Path.Combine(Path.GetTempPath(), $"transit-token-{Guid.NewGuid():N}");

    public CapturedLog Log { get; } = new();

    public static async Task<TransitWorld> StartAsync(bool tls = false)
    {
        var world = new TransitWorld(await TransitStandIn.StartAsync(tls));
        world.Vault.CreateKey("deposit");
        world.WriteToken(world.Vault.Token);
        return world;
    }

    public static byte[] FreshKey() => RandomNumberGenerator.GetBytes(32);

    public void WriteToken(string token) => File.WriteAllText(TokenFile, token + "\n");

    /// <summary>As configured, with short waits.</summary>
    public TransitClient Client(TimeProvider? time = null, TimeSpan? attemptTimeout = null, params (string Name, string Value)[] settings)
    {
        var read = TransitOptions.Read(
            TestKeys.Configuration([.. Settings().ExceptBy(settings.Select(s => s.Name), s => s.Name), .. settings])
        );
        var options = new TransitOptions
        {
            Address = read.Address,
            Token = read.Token,
            Key = read.Key,
            Mount = read.Mount,
            Namespace = read.Namespace,
            Trust = read.Trust,
            AttemptTimeout = attemptTimeout ?? TimeSpan.FromSeconds(30),
            RetryDelay = time is null ? TimeSpan.FromMilliseconds(1) : read.RetryDelay,
        };
        var client = new TransitClient(options, time ?? TimeProvider.System, loggers.CreateLogger<TransitClient>());
        clients.Add(client);
        return client;
    }

    /// <summary>A client that has passed its check; the stand-in has forgotten that.</summary>
    public async Task<TransitClient> CheckedClientAsync(TimeProvider? time = null, TimeSpan? attemptTimeout = null)
    {
        var client = Client(time, attemptTimeout);
        await client.CheckAsync(TestContext.Current.CancellationToken);
        Vault.ForgetRequests();
        return client;
    }

    private (string Name, string Value)[] Settings() =>
        [("VAULT_ADDR", Vault.Address), ("VAULT_TOKEN_FILE", TokenFile), ("DEPOSIT_KEY_TRANSIT_KEY", "deposit")];

    public async ValueTask DisposeAsync()
    {
        clients.ForEach(client => client.Dispose());
        loggers.Dispose();
        File.Delete(TokenFile);
        await Vault.DisposeAsync();
    }
}
