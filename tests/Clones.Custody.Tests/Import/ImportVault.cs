using Clones.Persistence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Clones.Custody.Tests.Import;

/// <summary>The vault itself on a context of the test, without a bus.</summary>
internal static class ImportVault
{
    public static DepositKeyVault Of(ClonesDbContext db, KeyRing ring)
    {
        var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var source = new RingKeys(ring);
        var masters = new MasterKeys(source, [source]);
        return new DepositKeyVault(
            db,
            new StoredKeys(db),
            masters,
            new MasterKeyChecks(db, masters, TimeProvider.System),
            // It takes over only: no stored key is opened that could be migrated.
            migration: null!,
            new KeyEvents(
                db,
                services.GetRequiredService<IServiceScopeFactory>(),
                new KeyLookOptions(),
                () => 0.5,
                TimeProvider.System,
                NullLogger<KeyEvents>.Instance
            ),
            ActivatorUtilities.CreateInstance<KeyMeter>(services),
            TimeProvider.System,
            NullLogger<DepositKeyVault>.Instance
        );
    }
}
