using System.CommandLine;
using Clones.Domain.Payments;
using Clones.Simulation;

namespace Clones.Chaos;

/// <summary><c>./clones chaos</c>: the simulator with <c>--simulate N</c>, else a run on real parts.</summary>
internal static class Program
{
    public static Task<int> Main(string[] arguments)
    {
        var simulate = new Option<int?>("--simulate") { Description = "so many simulated histories, and nothing real" };
        var deployments = new Option<bool>("--deployments")
        {
            Description = "with --simulate: histories of deployments instead of payments",
        };
        var payments = new Option<int>("--payments") { Description = "how many payments", DefaultValueFactory = _ => 1_000 };
        var minutes = new Option<double>("--minutes") { Description = "how long things go wrong", DefaultValueFactory = _ => 4 };
        var kills = new Option<int?>("--kills") { Description = "kills and freezes of processes; 5 a minute where it is not given" };
        var workers = new Option<int>("--workers") { Description = "worker processes", DefaultValueFactory = _ => 2 };
        var agents = new Option<int>("--agents") { Description = "agents that are deployed meanwhile", DefaultValueFactory = _ => 3 };
        var payoutBatch = new Option<int>("--payout-batch")
        {
            Description = "the most payments that share a transaction; 1: each alone",
            DefaultValueFactory = _ => PayoutBatch.Max,
        };
        var seed = new Option<ulong?>("--seed") { Description = "the same seed, the same plan; a new one where it is not given" };
        var command = new RootCommand("Kills, freezes and lies to everything while payments go on, then asks the chain what came of it.")
        {
            simulate,
            deployments,
            payments,
            minutes,
            kills,
            workers,
            agents,
            payoutBatch,
            seed,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var chosen = parsed.GetValue(seed) ?? (ulong)Random.Shared.Next();
                if (parsed.GetValue(simulate) is { } histories)
                {
                    return SimulateCommand.Run(histories, chosen, parsed.GetValue(deployments), Console.Out);
                }

                var length = TimeSpan.FromMinutes(parsed.GetValue(minutes));
                var plan = new ChaosPlan(
                    chosen,
                    parsed.GetValue(payments),
                    length,
                    parsed.GetValue(kills) ?? (int)Math.Ceiling(length.TotalMinutes * 5),
                    parsed.GetValue(workers),
                    parsed.GetValue(agents),
                    parsed.GetValue(payoutBatch)
                );
                if (plan.Reject() is { } reason)
                {
                    await Console.Error.WriteLineAsync(reason);
                    return 64;
                }
                var report = await ChaosRun.RunAsync(plan, Console.Out, cancellationToken);
                report.Write(Console.Out);
                return report.Findings.Count == 0 ? 0 : 1;
            }
        );
        return command.Parse(arguments).InvokeAsync();
    }
}
