using System.Diagnostics;
using Clones.Domain.Faults;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Clones.Hosting.Faults;

/// <summary>
/// Kills its own process (SIGKILL) when a named crash point is reached the n-th time. For the chaos run, which arms it by environment:
/// <c>Faults__DieAt=Signed</c>, <c>Faults__DieAfter=3</c> (passes that it lets by; 0 where it is not set).
/// </summary>
internal sealed class ArmedCrashPoint(CrashPoint dieAt, int dieAfter) : ICrashPoints
{
    private int passes;

    public ValueTask ReachAsync(CrashPoint point, CancellationToken cancellationToken)
    {
        if (point == dieAt && Interlocked.Increment(ref passes) > dieAfter)
        {
            using var self = Process.GetCurrentProcess();
            self.Kill();
        }
        return ValueTask.CompletedTask;
    }

    /// <returns>What the configuration arms; <see cref="NoCrashPoints"/> where it says nothing.</returns>
    /// <exception cref="ConfigurationMissingException">It is armed in production, or names no crash point.</exception>
    public static ICrashPoints Read(IConfiguration configuration)
    {
        if (configuration["Faults:DieAt"] is not { Length: > 0 } name)
        {
            return new NoCrashPoints();
        }
        // As the host itself understands it: in any case of letters, and empty is production too.
        var environment = configuration["ASPNETCORE_ENVIRONMENT"];
        if (
            string.IsNullOrWhiteSpace(environment) || environment.Trim().Equals(Environments.Production, StringComparison.OrdinalIgnoreCase)
        )
        {
            throw new ConfigurationMissingException("Faults__DieAt kills the process: take it out, it is for the fault tests only.");
        }

        // Looked up among the names: a parser of enums would take numbers as well.
        var points = Enum.GetValues<CrashPoint>().Where(p => p.ToString() == name).ToList();
        if (points is not [var point])
        {
            throw new ConfigurationMissingException(
                $"Faults__DieAt names no crash point. Set one of {string.Join(", ", Enum.GetNames<CrashPoint>())}, or take it out."
            );
        }
        return int.TryParse(configuration["Faults:DieAfter"] ?? "0", out var after) && after >= 0
            ? new ArmedCrashPoint(point, after)
            : throw new ConfigurationMissingException("Set Faults__DieAfter to a whole number from 0, or take it out for 0.");
    }
}
