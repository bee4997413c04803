using Clones.Domain.Faults;
using Clones.Hosting.Faults;
using Microsoft.Extensions.Configuration;

namespace Clones.Hosting.Tests.Faults;

public sealed class ArmedCrashPointTests
{
    [Fact]
    public void Nothing_is_armed_unless_the_configuration_says_so() =>
        ArmedCrashPoint.Read(Configuration(("ASPNETCORE_ENVIRONMENT", "Development"))).ShouldBeOfType<NoCrashPoints>();

    [Theory]
    [InlineData("Production")]
    [InlineData("production")]
    [InlineData("")]
    [InlineData(null)]
    public void A_host_in_production_does_not_start_with_a_crash_point_armed(string? environment) =>
        Should
            .Throw<ConfigurationMissingException>(() =>
                ArmedCrashPoint.Read(Configuration(("ASPNETCORE_ENVIRONMENT", environment), ("Faults:DieAt", "Signed")))
            )
            .Message.ShouldContain("Faults__DieAt");

    [Theory]
    [InlineData("Signd", "0", "Signed")]
    [InlineData("2", "0", "Signed")]
    [InlineData("Signed", "-1", "Faults__DieAfter")]
    [InlineData("Signed", "many", "Faults__DieAfter")]
    public void What_cannot_be_armed_is_rejected_with_what_to_set(string point, string after, string hint) =>
        Should
            .Throw<ConfigurationMissingException>(() =>
                ArmedCrashPoint.Read(
                    Configuration(("ASPNETCORE_ENVIRONMENT", "Development"), ("Faults:DieAt", point), ("Faults:DieAfter", after))
                )
            )
            .Message.ShouldContain(hint);

    [Fact]
    public async Task The_armed_point_lets_others_and_the_first_passes_by()
    {
        var crashes = ArmedCrashPoint.Read(
            Configuration(("ASPNETCORE_ENVIRONMENT", "Development"), ("Faults:DieAt", "Signed"), ("Faults:DieAfter", "2"))
        );

        // Were one of them too many, this process would be gone, and its report with it. That it dies then, the chaos run sees.
        await crashes.ReachAsync(CrashPoint.Signed, TestContext.Current.CancellationToken);
        await crashes.ReachAsync(CrashPoint.AfterSend, TestContext.Current.CancellationToken);
        await crashes.ReachAsync(CrashPoint.Signed, TestContext.Current.CancellationToken);
        crashes.ShouldBeOfType<ArmedCrashPoint>();
    }

    private static IConfiguration Configuration(params (string Name, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => s.Value)).Build();
}
