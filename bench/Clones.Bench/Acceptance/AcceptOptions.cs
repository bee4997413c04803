using Clones.Bench.Servers;

namespace Clones.Bench.Acceptance;

/// <param name="Payments">Of the run without a limit.</param>
/// <param name="Clients">That each wait for an answer before they ask again.</param>
/// <param name="Pools">Training pools that pay.</param>
/// <param name="Rate">Payments a second of the run at a given rate.</param>
/// <param name="Seconds">Of that run.</param>
internal sealed record AcceptOptions(ServerAddresses Servers, int Payments, int Clients, int Pools, int Rate, int Seconds)
{
    /// <exception cref="BadOptionException">One is unknown or bad, or a server is not named.</exception>
    public static AcceptOptions Parse(IReadOnlyList<string> args)
    {
        var given = new OptionReader(args);
        var options = new AcceptOptions(
            given.Servers(),
            given.Number("--payments", 10_000),
            given.Number("--clients", 32),
            given.Number("--pools", 8),
            given.Number("--rate", 500),
            given.Number("--seconds", 10)
        );
        given.End();
        return options;
    }
}
