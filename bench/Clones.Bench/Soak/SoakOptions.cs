using Clones.Bench.Servers;
using Clones.Domain.Payments;

namespace Clones.Bench.Soak;

/// <param name="Minutes">How long payments are sent.</param>
/// <param name="Rate">Payments a second.</param>
/// <param name="Pools">Training pools that pay.</param>
/// <param name="Batch">Payments that share a transaction at most.</param>
/// <param name="SampleEvery">How often memory is read.</param>
internal sealed record SoakOptions(ServerAddresses Servers, int Minutes, int Rate, int Pools, int Batch, TimeSpan SampleEvery)
{
    /// <exception cref="BadOptionException">One is unknown or bad, or a server is not named.</exception>
    public static SoakOptions Parse(IReadOnlyList<string> args)
    {
        var given = new OptionReader(args);
        var options = new SoakOptions(
            given.Servers(),
            given.Number("--minutes", 30),
            given.Number("--rate", 100),
            given.Number("--pools", 8),
            given.Number("--batch", PayoutBatch.Max),
            TimeSpan.FromSeconds(given.Number("--sample-seconds", 5))
        );
        given.End();
        return options.Batch <= PayoutBatch.Max ? options : throw new BadOptionException($"--batch is 1 to {PayoutBatch.Max}.");
    }
}
