using Clones.Persistence.Messaging.Hosting;
using Clones.Workers.Keys.Sweep;
using MassTransit;

namespace Clones.Workers.Keys;

internal static class KeysRegistration
{
    private const string SourceName = KeySettings.Prefix + "SOURCE";
    private const string FileName = KeySettings.Prefix + "FILE";

    /// <summary>Derives the master keys now, so that a missing secret stops the process and not the first payment.</summary>
    /// <exception cref="ConfigurationMissingException">Says what to set.</exception>
    public static IServiceCollection AddKeys(this IServiceCollection services, IConfiguration configuration)
    {
        AddMasterKeys(services, configuration);
        services.AddSingleton<KeyMeter>();
        services.AddScoped<StoredKeys>();
        services.AddScoped<KeyEvents>();
        services.AddScoped<KeyRenewal>();
        services.AddScoped<KeyMigration>();
        services.AddScoped<DepositKeyVault>();
        services.AddScoped<KeySweepBatch>();
        services.AddScoped<KeyCensus>();
        services.AddHostedService<EncryptionLimitWatch>();
        return services;
    }

    public static void AddKeys(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<CreateDepositWalletConsumer>();
        bus.AddConsumer<SweepDepositKeysConsumer, SweepDepositKeysDefinition>();
    }

    private static void AddMasterKeys(IServiceCollection services, IConfiguration configuration)
    {
        var source = configuration[SourceName] is { Length: > 0 } given ? given : "environment";
        switch (source)
        {
            case "environment":
                AddRing(services, new RingKeys(KeyRing.Load(configuration)));
                break;
            case "file":
                var path = configuration[FileName] is { Length: > 0 } named
                    ? named
                    : throw new ConfigurationMissingException(
                        $"{FileName} is missing. Set it to the mounted file or folder of the secrets, since {SourceName} is file."
                    );
                var file = FileKeys.Load(path);
                services.AddSingleton(_ => file);
                services.AddHostedService<FileKeysReader>();
                AddRing(services, file);
                break;
            default:
                throw new ConfigurationMissingException($"{SourceName} must be environment or file.");
        }
    }

    private static void AddRing(IServiceCollection services, RingKeys ring) =>
        // By a factory: the container disposes (and wipes) only what it makes itself.
        services
            .AddSingleton(_ => ring)
            .AddSingleton(s => new MasterKeys(s.GetRequiredService<RingKeys>(), [s.GetRequiredService<RingKeys>()]));
}
