using Clones.Bench.Servers;
using Clones.Hosting.Bus;

namespace Clones.Bench.Sagas;

/// <param name="Sagas">Instances per run; each gets <see cref="EventsPerSaga"/> events.</param>
/// <param name="Parallel">Events that the store handles at once: as many as the hosts let a queue have, by default.</param>
/// <param name="Only">"store", "groups", "ceiling", or null for all.</param>
internal sealed record SagaBenchmarkOptions(ServerAddresses Servers, int Sagas, int Parallel, string? Only)
{
    public const int EventsPerSaga = 6;

    /// <summary>As many as the hand-written loop needs; more do not make it faster.</summary>
    public const int CeilingParallel = 32;

    public int Events => Sagas * EventsPerSaga;

    /// <exception cref="BadOptionException">One is unknown or bad, or a server is not named.</exception>
    public static SagaBenchmarkOptions Parse(IReadOnlyList<string> args)
    {
        var given = new OptionReader(args);
        var options = new SagaBenchmarkOptions(
            given.Servers(),
            given.Number("--sagas", 2_500),
            given.Number("--parallel", ClonesBus.ConcurrencyPerQueue),
            given.OneOf("--only", "store", "groups", "ceiling")
        );
        given.End();
        return options;
    }
}
