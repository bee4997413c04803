using Clones.Domain.Keys;
using Clones.Persistence;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Clones.Custody.Tests;

/// <summary>2^32 encryptions under one key are the end (NIST SP 800-38D, 8.3); 2^28 are the alarm.</summary>
public sealed class EncryptionLimitTests(KeyLogDatabase databases) : IClassFixture<KeyLogDatabase>
{
    [Theory]
    [InlineData(0, null)]
    [InlineData((1L << 28) - 1, null)]
    [InlineData(1L << 28, "v1 has made 268435456 encryptions of the 2^32 allowed: rotate")]
    [InlineData((1L << 32) - 1, "v1 has made 4294967295 encryptions of the 2^32 allowed: rotate")]
    [InlineData(1L << 32, "v1 is OVER the limit of 2^32 encryptions: rotate now, and sweep")]
    public void The_alarm_comes_at_a_sixteenth_of_the_limit(long encryptions, string? warning) =>
        EncryptionLimit.WarningOf("v1", encryptions).ShouldBe(warning);

    [Fact]
    public async Task A_worker_that_starts_says_at_once_which_master_key_is_past_the_alarm()
    {
        var database = await databases.CreateAsync();
        await using (var db = database())
        {
            // Three under v1, and one that opened only.
            var opened = KeyLogDatabase.Event(KeyEventKind.Opened, transaction: Guid.CreateVersion7());
            await KeyLogDatabase.AddAsync(db, [KeyLogDatabase.Event(), KeyLogDatabase.Event(), KeyLogDatabase.Event(), opened]);
        }

        (await SaidAsync(database, alarm: 4)).ShouldNotContain("encryptions");
        (await SaidAsync(database, alarm: 3)).ShouldContain("v1 has made 3 encryptions of the 2^32 allowed: rotate");
    }

    /// <returns>What the watch logs until it has looked.</returns>
    private static async Task<string> SaidAsync(Func<ClonesDbContext> database, long alarm)
    {
        var log = new CapturedLog();
        await using var services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(log))
            .AddScoped(_ => database())
            .AddScoped<KeyInventory>()
            .BuildServiceProvider();
        using var watch = new EncryptionLimitWatch(
            services.GetRequiredService<IServiceScopeFactory>(),
            TimeProvider.System,
            services.GetRequiredService<ILogger<EncryptionLimitWatch>>(),
            alarm
        );
        await watch.PassAsync(TestContext.Current.CancellationToken);
        var looked = log.Text;
        await watch.StartAsync(TestContext.Current.CancellationToken);
        if (looked.Length > 0)
        {
            await PatientWait.UntilAsync(
                () => Task.FromResult(log.Text.Length > looked.Length ? "said" : null),
                "the watch to look at its start"
            );
        }
        await watch.StopAsync(TestContext.Current.CancellationToken);
        return looked;
    }
}
