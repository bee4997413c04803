using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Clones.Hosting.Tests;

public sealed class HostOptionsTests
{
    [Theory]
    [InlineData("Batch", "0", "Paces__Batch: must be from 1 to 256.")]
    [InlineData("Batch", "257", "Paces__Batch: must be from 1 to 256.")]
    [InlineData("Passes", "-1", "Paces__Passes: must be 1 or more.")]
    [InlineData("Every", "00:00:00.009", "Paces__Every: must lie between 10 ms and 1 h, e.g. 00:00:01.")]
    [InlineData("Every", "01:00:01", "Paces__Every: must lie between 10 ms and 1 h, e.g. 00:00:01.")]
    public void A_value_out_of_its_range_is_named_with_the_reason_before_the_start(string name, string value, string reason)
    {
        using var services = ServicesWith(name, value);

        var check = services.GetRequiredService<IStartupValidator>();

        Should.Throw<OptionsValidationException>(check.Validate).Message.ShouldBe(reason);
    }

    [Theory]
    [InlineData("Evry", "00:00:01", "Evry")]
    [InlineData("Every", "often", "Paces:Every")]
    public void A_name_that_is_not_there_and_a_value_of_another_kind_are_named_too(string name, string value, string named)
    {
        using var services = ServicesWith(name, value);

        var check = services.GetRequiredService<IStartupValidator>();

        Should.Throw<ConfigurationMissingException>(check.Validate).Message.ShouldContain(named);
    }

    [Fact]
    public void What_is_set_is_read_and_the_rest_has_its_default()
    {
        using var services = ServicesWith("Every", "00:00:02");

        services.GetRequiredService<IStartupValidator>().Validate();

        var paces = services.GetRequiredService<Paces>();
        (paces.Every, paces.Batch, paces.Passes).ShouldBe((TimeSpan.FromSeconds(2), 256, 5));
    }

    private static ServiceProvider ServicesWith(string name, string value)
    {
        var settings = new Dictionary<string, string?> { [$"Paces:{name}"] = value };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        return new ServiceCollection().AddSettings<Paces>(configuration, "Paces").BuildServiceProvider();
    }

    private sealed class Paces
    {
        [Pace]
        public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(1);

        [Count(256)]
        public int Batch { get; init; } = 256;

        [Count]
        public int Passes { get; init; } = 5;
    }
}
