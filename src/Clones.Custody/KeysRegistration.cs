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
    private const string SourceName = KeySettings.Prefix + "SOURCE";
    private const string FileName = KeySettings.Prefix + "FILE";
    private const string Environment = "environment";
    private const string File = "file";
    private const string Transit = "transit";

    /// <summary>Derives the master keys now, so that a missing secret stops the process and not the first payment.</summary>
    /// <exception cref="ConfigurationMissingException">Says what to set.</exception>
    public static IServiceCollection AddKeys(this IServiceCollection services, IConfiguration configuration)
    {
        AddMasterKeys(services, configuration);
        services.AddSettings<KeyLookOptions>(configuration, "KeyLooks");
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
        var isWrittenWith = configuration[SourceName] != Transit;
        if (configuration[FileName] is { Length: > 0 } file)
        {
            using var settings = KeySettings.FromFile(file);
            return new ConfiguredVersions(KeySource.Read(settings, isWrittenWith).Names.Keys);
        }
        if (!isWrittenWith && !HasSecrets(configuration))
        {
            return new ConfiguredVersions([]);
        }
        using var environment = KeySettings.FromConfiguration(configuration);
        return new ConfiguredVersions(KeySource.Read(environment, isWrittenWith).Names.Keys);
    }

    /// <summary>One source is written with; the others are there to open what is still under them.</summary>
    private static void AddMasterKeys(IServiceCollection services, IConfiguration configuration)
    {
        KeySettingName.Demand(configuration.AsEnumerable().Select(s => s.Key));
        var source = configuration[SourceName] is { Length: > 0 } given ? given : Environment;
        if (source is not (Environment or File or Transit))
        {
            throw new ConfigurationMissingException($"{SourceName} must be {Environment}, {File} or {Transit}.");
        }

        var isRingWrittenWith = source != Transit;
        var hasFile = source == File || configuration[FileName] is { Length: > 0 };
        if (hasFile)
        {
            AddFile(services, configuration[FileName], isRingWrittenWith);
        }
        else if (isRingWrittenWith || HasSecrets(configuration))
        {
            var ring = new RingKeys(KeyRing.Load(configuration, isRingWrittenWith));
            // By a factory: the container disposes (and wipes) only what it makes itself.
            services.AddSingleton(_ => ring);
        }
        if (source == Transit || configuration["VAULT_ADDR"] is { Length: > 0 })
        {
            AddTransit(services, TransitOptions.Read(configuration));
        }
        services.AddSingleton(s =>
        {
            var ring = s.GetService<RingKeys>();
            var transit = s.GetService<TransitKeys>();
            IMasterKeySource[] all = [.. new IMasterKeySource?[] { ring, transit }.OfType<IMasterKeySource>()];
            return new MasterKeys(isRingWrittenWith ? ring! : transit!, all);
        });
    }

    private static void AddFile(IServiceCollection services, string? path, bool isWrittenWith)
    {
        if (string.IsNullOrEmpty(path))
        {
            throw new ConfigurationMissingException(
                $"{FileName} is missing. Set it to the mounted file or folder of the secrets, since {SourceName} is {File}."
            );
        }
        var file = FileKeys.Load(path, isWrittenWith);
        services.AddSingleton(_ => file);
        services.AddSingleton<RingKeys>(s => s.GetRequiredService<FileKeys>());
        services.AddHostedService<FileKeysReader>();
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
