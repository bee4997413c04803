using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Clones.Hosting.Tests;

public sealed class WrongSettingsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("check")]
    public async Task All_that_is_wrong_is_said_in_one_line_of_words_before_anything_starts(string arguments)
    {
        using var errors = new StringWriter();
        var host = new HostCommandLine("Clones.Some.dll", "the host", [], Build, _ => throw new InvalidOperationException("It starts."));

        var code = await host.RunAsync(
            arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            TextWriter.Null,
            errors,
            TestContext.Current.CancellationToken
        );

        code.ShouldBe(HostCommandLine.NotConfigured);
        errors
            .ToString()
            .ShouldBe(
                "The host cannot start: SOME_SECRET: must have 32 random characters or more, e.g. from: openssl rand -hex 32; "
                    + "SOME_LIMIT: must be from 1 to 9."
                    + Environment.NewLine
            );
    }

    [Theory]
    [InlineData("SOME_LIMIT", "many", "SOME_LIMIT: must be from 1 to 9.")]
    [InlineData("SOME_SWITCH", "perhaps", "SOME_SWITCH: must be true or false.")]
    public void A_variable_of_another_kind_is_named_with_the_reason_and_not_repeated(string name, string value, string reason) =>
        Should.Throw<OptionsValidationException>(() => With((name, value)).ReadSettings<Limits>()).Message.ShouldBe(reason);

    [Fact]
    public void A_variable_that_is_empty_is_not_set()
    {
        var limits = With(("SOME_LIMIT", ""), ("SOME_SWITCH", "")).ReadSettings<Limits>();

        (limits.Limit, limits.Switch).ShouldBe((5, false));
    }

    private static WebApplication Build(string[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection([new("SOME_LIMIT", "10")]);
        builder.Services.AddSettings<Secrets>(builder.Configuration).AddSettings<Limits>(builder.Configuration);
        return builder.Build();
    }

    private static IConfiguration With(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).Build();

    private sealed class Secrets
    {
        [Variable("SOME_SECRET"), Secret]
        public string Secret { get; init; } = "";
    }

    private sealed class Limits
    {
        [Variable("SOME_LIMIT"), Range(1, 9, ErrorMessage = "must be from 1 to 9.")]
        public int Limit { get; init; } = 5;

        [Variable("SOME_SWITCH")]
        public bool Switch { get; init; }
    }
}
