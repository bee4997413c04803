using Clones.Chaos.Faults;
using Clones.Domain.Payments;

namespace Clones.Chaos;

/// <summary>What was done, and what came of it.</summary>
/// <param name="Findings">Broken promises; empty where all were kept.</param>
/// <param name="Length">From the first payment to the last payment closed.</param>
/// <param name="HealedIn">From the end of the faults to the last payment closed.</param>
internal sealed record ChaosReport(
    ChaosPlan Plan,
    FaultCounts FaultCounts,
    Audit.Evidence Evidence,
    IReadOnlyList<string> Findings,
    TimeSpan Length,
    TimeSpan HealedIn
)
{
    private const int FindingsMax = 40;

    public void Write(TextWriter output)
    {
        var payments = Evidence.Database.Payments;
        output.WriteLine();
        foreach (var (kind, times) in FaultCounts.Counts)
        {
            output.WriteLine($"{kind, -36}{times, 9}");
        }
        output.WriteLine();
        output.WriteLine($"{"payments ordered", -36}{Plan.Payments, 9}");
        output.WriteLine($"{"accepted", -36}{Evidence.Accepted.Count, 9}");
        output.WriteLine($"{"rejected, to be sure", -36}{Evidence.Rejected.Count, 9}");
        output.WriteLine($"{"finalized on chain", -36}{payments.Count(p => p.Status == PaymentStatus.Completed), 9}");
        output.WriteLine($"{"failed, with a reason", -36}{payments.Count(p => p.Status == PaymentStatus.Failed), 9}");
        output.WriteLine($"{"attempts signed", -36}{Evidence.Database.Transactions.Sum(t => t.Attempts.Count), 9}");
        output.WriteLine($"{"transactions read off the chain", -36}{Evidence.Entries.Count(), 9}");
        output.WriteLine($"{"agents deployed", -36}{Evidence.Database.Agents.Count(a => a.CurrentState == "Deployed"), 9}");
        output.WriteLine($"{"processes that died", -36}{FaultCounts.Deaths, 9}");
        output.WriteLine();
        foreach (var reason in payments.Where(p => p.Status == PaymentStatus.Failed).GroupBy(p => p.Reason))
        {
            output.WriteLine($"failed {reason.Count()} times: {reason.Key}");
        }
        foreach (var finding in Findings.Take(FindingsMax))
        {
            output.WriteLine($"BROKEN: {finding}");
        }
        if (Findings.Count > FindingsMax)
        {
            output.WriteLine($"(+{Findings.Count - FindingsMax} more)");
        }
        output.WriteLine(
            Findings.Count == 0
                ? $"seed {Plan.Seed}: every promise was kept. {Length:hh\\:mm\\:ss}, healed in {HealedIn.TotalSeconds:0} s."
                : $"seed {Plan.Seed}: {Findings.Count} promises were broken (again: ./clones chaos --payments {Plan.Payments} "
                    + $"--minutes {Plan.Length.TotalMinutes:0.##} --kills {Plan.Kills} --workers {Plan.Workers} --agents {Plan.Agents} --seed {Plan.Seed})."
        );
    }
}
