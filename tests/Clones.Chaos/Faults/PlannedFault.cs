using Clones.Domain.Faults;

namespace Clones.Chaos.Faults;

internal enum FaultTarget
{
    Worker,
    Api,
    Broker,
    Database,
}

/// <summary>One thing done to one process.</summary>
/// <param name="At">Since the beginning of the faults.</param>
/// <param name="Index">Which of several of the same kind.</param>
/// <param name="FrozenFor">SIGSTOP, and SIGCONT so much later; zero is SIGKILL.</param>
/// <param name="DownFor">After SIGKILL, until it starts again.</param>
/// <param name="ComesBack">
/// Where the next process kills itself, and after how many passes, in place of an innocent one; only for workers and the API.
/// </param>
internal sealed record PlannedFault(
    TimeSpan At,
    FaultTarget FaultTarget,
    int Index,
    TimeSpan FrozenFor,
    TimeSpan DownFor,
    (CrashPoint Point, int Passes)? ComesBack
)
{
    public bool IsFreeze => FrozenFor > TimeSpan.Zero;

    public string Kind => $"{FaultTarget.ToString().ToLowerInvariant()} {(IsFreeze ? "frozen" : "killed")}";
}
