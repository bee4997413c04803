using Clones.Bench.Servers;
using Clones.Testing.Growth;

namespace Clones.Bench.Growth;

/// <param name="Size">Of the grown database.</param>
/// <param name="Load">Payments that are paid in the empty database, and in the grown one; a fifth of them is paid before each, to warm up.</param>
/// <param name="Pools">Training pools that pay them.</param>
/// <param name="Requests">Of each list.</param>
/// <param name="IdleSeconds">How long nothing is asked of the system.</param>
internal sealed record GrowthOptions(ServerAddresses Servers, GrowthSize Size, int Load, int Pools, int Requests, int IdleSeconds)
{
    public int WarmUp => Math.Max(1, Load / 5);

    /// <exception cref="BadOptionException">One is unknown or bad, or a server is not named.</exception>
    public static GrowthOptions Parse(IReadOnlyList<string> args)
    {
        var given = new OptionReader(args);
        var options = new GrowthOptions(
            given.Servers(),
            new GrowthSize(
                given.Number("--payments", 5_000_000, min: 1_000),
                given.Number("--wallets", 100_000, min: 200),
                given.Number("--agents", 50_000)
            ),
            given.Number("--load", 5_000),
            given.Number("--pools", 8),
            given.Number("--requests", 200, min: 10),
            given.Number("--idle-seconds", 60)
        );
        given.End();
        return options;
    }
}
