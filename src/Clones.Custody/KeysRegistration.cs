using Clones.Custody.Sweep;
using Clones.Custody.Transit;
using Clones.Domain;
using Clones.Domain.Keys;
using Clones.Hosting;
using Clones.Persistence.Keys;
using MassTransit;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Clones.Custody;

public static class KeysRegistration
{
    /// <summary>Derives the master keys now, so that a missing secret stops the process and not the first payment.</summary>
    /// <exception cref="ConfigurationMissingException">Says what to set.</exception>
    public static IServiceCollection AddKeys(this IServiceCollection services, IConfiguration configuration)
    {
        AddMasterKeys(services, configuration);
        services.AddSettings<KeyRetryOptions>(configuration, "KeyRetries");
        services.TryAddSingleton<Jitter>(Random.Shared.NextDouble);
        services.AddSingleton<KeyMeter>();
        services.AddScoped<MasterKeyChecks>();
        services.AddHostedService<MasterKeyCheckAtStart>();
        services.AddScoped<StoredKeyRows>();
        services.AddScoped<KeyEvents>();
        services.AddScoped<KeySealer>();
        services.AddScoped<KeyMigration>();
        services.AddScoped<DepositKeyVault>();
        services.AddScoped<IDeploymentKeys>(provider => provider.GetRequiredService<DepositKeyVault>());
        services.AddScoped<IWalletKeys>(provider => provider.GetRequiredService<DepositKeyVault>());
        services.AddScoped<KeySweepBatch>();
        services.AddScoped<KeyInventory>();
        services.AddHostedService<EncryptionLimitWatch>();
        services.AddHostedService<KeyLogLinker>();
        return services;
    }

    public static void AddKeys(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<CreateDepositWalletConsumer>();
        bus.AddConsumer<SweepDepositKeysConsumer, SweepDepositKeysDefinition>();
    }

    /// <summary>Whether master keys are configured at all, well or badly.</summary>
    public static bool HasKeys(this IConfiguration configuration) =>
        configuration.AsEnumerable().Any(s => KeySettingName.IsOurs(s.Key) && !string.IsNullOrEmpty(s.Value));

    /// <summary>Reads the names of the secrets again, and derives nothing.</summary>
    /// <exception cref="ConfigurationMissingException">Says what to set.</exception>
    public static ConfiguredVersions ReadVersions(IConfiguration configuration)
    {
        var source = configuration.ReadSettings<KeySourceOptions>();
        if (source.Path is { } path)
        {
            using var settings = KeySettings.FromFile(path);
            return new ConfiguredVersions(KeySource.Read(settings, source.IsRingWrittenWith).Names.Keys);
        }
        if (!source.IsRingWrittenWith && !HasSecrets(configuration))
        {
            return new ConfiguredVersions([]);
        }
        using var environment = KeySettings.FromConfiguration(configuration);
        return new ConfiguredVersions(KeySource.Read(environment, source.IsRingWrittenWith).Names.Keys);
    }

    /// <summary>One source is written with; the others are there to open what is still under them.</summary>
    private static void AddMasterKeys(IServiceCollection services, IConfiguration configuration)
    {
        KeySettingName.Require(configuration.AsEnumerable().Select(s => s.Key));
        var source = configuration.ReadSettings<KeySourceOptions>();
        if (source.Path is { } path)
        {
            var file = FileKeys.Load(path, source.IsRingWrittenWith);
            services.AddSingleton(_ => file);
            services.AddSingleton<RingKeys>(s => s.GetRequiredService<FileKeys>());
            services.AddHostedService<FileKeysReader>();
        }
        else if (source.IsRingWrittenWith || HasSecrets(configuration))
        {
            var ring = new RingKeys(KeyRing.Load(configuration, source.IsRingWrittenWith));
            // By a factory: the container disposes (and wipes) only what it makes itself.
            services.AddSingleton(_ => ring);
        }
        if (source.HasTransit)
        {
            AddTransit(services, TransitOptions.Read(configuration));
        }
        services.AddSingleton(s =>
        {
            var ring = s.GetService<RingKeys>();
            var transit = s.GetService<TransitKeys>();
            IMasterKeySource[] all = [.. new IMasterKeySource?[] { ring, transit }.OfType<IMasterKeySource>()];
            return new MasterKeys(source.IsRingWrittenWith ? ring! : transit!, all);
        });
    }

    private static void AddTransit(IServiceCollection services, TransitOptions options)
    {
        services.AddSingleton(s => new TransitClient(
            options,
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<TransitClient>>()
        ));
        services.AddSingleton<TransitKeys>();
        services.AddHostedService<TransitKeysReader>();
    }

    private static bool HasSecrets(IConfiguration configuration) =>
        configuration.AsEnumerable().Any(s => s.Key.StartsWith(KeySettings.Prefix + "SECRET", StringComparison.OrdinalIgnoreCase));
}
