namespace Clones.Domain.Faults;

/// <summary>Is called when a <see cref="CrashPoint"/> is reached. In production nothing listens, see <c>ArmedCrashPoint</c>.</summary>
public interface ICrashPoints
{
    ValueTask ReachAsync(CrashPoint point, CancellationToken cancellationToken);
}

/// <summary>Goes on.</summary>
public sealed class NoCrashPoints : ICrashPoints
{
    public ValueTask ReachAsync(CrashPoint point, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
