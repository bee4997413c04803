using Clones.Bench.Servers;
using Clones.Domain.Payments;

namespace Clones.Bench.Payments;

/// <param name="Payments">That are measured; a fifth of them is paid before, to warm up.</param>
/// <param name="Pools">Training pools that pay.</param>
/// <param name="Apis">API processes; the clients spread over them.</param>
/// <param name="Workers">Worker processes.</param>
/// <param name="Batch">Payments that share a transaction at most, in every pool and in the baseline.</param>
/// <param name="NewRecipients">Each payment makes a token account of its own. Otherwise they go to people who have one.</param>
/// <param name="Latency">What each RPC request takes longer.</param>
internal sealed record PaymentsOptions(
    ServerAddresses Servers,
    int Payments,
    int Pools,
    int Apis,
    int Workers,
    int Batch,
    bool NewRecipients,
    TimeSpan Latency
)
{
    public int WarmUp => Math.Max(1, Payments / 5);

    /// <exception cref="BadOptionException">One is unknown or bad, or a server is not named.</exception>
    public static PaymentsOptions Parse(IReadOnlyList<string> args)
    {
        var given = new OptionReader(args);
        var options = new PaymentsOptions(
            given.Servers(),
            given.Number("--payments", 5_000),
            given.Number("--pools", 8),
            given.Number("--apis", 1),
            given.Number("--workers", 1),
            given.Number("--batch", PayoutBatch.Max),
            given.OneOf("--recipients", "existing", "new") == "new",
            TimeSpan.FromMilliseconds(given.Number("--latency-ms", 0, min: 0))
        );
        given.End();
        return options.Batch <= PayoutBatch.Max ? options : throw new BadOptionException($"--batch is 1 to {PayoutBatch.Max}.");
    }
}
