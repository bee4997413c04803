using Clones.Domain;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Hosting.Tests;

public sealed class ClockOfTheStoreTests
{
    private static readonly IConfiguration Configuration = new ConfigurationBuilder()
        .AddInMemoryCollection([new("ConnectionStrings:Clones", "Host=127.0.0.1;Database=none")])
        .Build();

    [Fact]
    public void The_machines_clock_that_somebody_else_has_registered_gives_way_to_whole_microseconds() =>
        ClockOver(TimeProvider.System).ShouldBeSameAs(MicrosecondTime.Instance);

    [Fact]
    public void A_clock_of_a_test_stays()
    {
        var clock = new StoppedClock();

        ClockOver(clock).ShouldBeSameAs(clock);
    }

    private static TimeProvider ClockOver(TimeProvider before)
    {
        var services = new ServiceCollection();
        services.AddSingleton(before);
        services.AddClonesStore(Configuration);
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<TimeProvider>();
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
    }
}
