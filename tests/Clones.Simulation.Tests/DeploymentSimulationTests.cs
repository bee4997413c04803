namespace Clones.Simulation.Tests;

public sealed class DeploymentSimulationTests(ITestOutputHelper output)
{
    [Fact]
    public void Try()
    {
        for (var seed = 1UL; seed <= 60; seed++)
        {
            var h = DeploymentHistory.Run(seed);
            output.WriteLine($"{seed}: {h.Milliseconds} {string.Join(", ", h.Faults.Select(f => $"{f.Key} {f.Value}"))}");
            foreach (var f in h.Findings.Select(f => string.Join(" | ", f.Split("\n").Take(4).Select(l => l[..Math.Min(l.Length, 220)]))).Distinct().Take(8))
            {
                output.WriteLine("   " + f);
            }
        }
    }
}
