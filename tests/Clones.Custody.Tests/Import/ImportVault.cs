using Clones.Persistence;
using Clones.Persistence.Keys;
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
        var meter = ActivatorUtilities.CreateInstance<KeyMeter>(services);
        var rows = new StoredKeyRows(db);
        var events = new KeyEvents(
            db,
            services.GetRequiredService<IServiceScopeFactory>(),
            new KeyRetryOptions(),
            () => 0.5,
            TimeProvider.System,
            NullLogger<KeyEvents>.Instance
        );
        return new DepositKeyVault(
            db,
            rows,
            masters,
            new KeySealer(rows, masters, new MasterKeyChecks(db, masters, TimeProvider.System), events, meter),
            // It takes over only: no stored key is opened that could be migrated.
            migration: null!,
            events,
            meter,
            TimeProvider.System,
            NullLogger<DepositKeyVault>.Instance
        );
    }
}
