using MassTransit;

namespace Clones.Workers.Keys;

internal static class KeysRegistration
{
    /// <summary>Derives the master keys now, so that a missing secret stops the process and not the first payment.</summary>
    public static IServiceCollection AddKeys(this IServiceCollection services, IConfiguration configuration)
    {
        var ring = KeyRing.Load(configuration);

        // By a factory: the container disposes (and wipes) only what it makes itself.
        services.AddSingleton(_ => ring);
        services.AddSingleton<KeyMeter>();
        services.AddScoped<KeyMigration>();
        services.AddScoped<DepositKeyVault>();
        return services;
    }

    public static void AddKeys(this IBusRegistrationConfigurator bus) => bus.AddConsumer<CreateDepositWalletConsumer>();
}
