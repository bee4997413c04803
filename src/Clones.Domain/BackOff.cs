namespace Clones.Domain;

/// <summary>From 0 to below 1, of any distribution; injected, so that a test knows the times.</summary>
public delegate double Jitter();

/// <summary>Waits that double: what does not get better by asking is asked ever more rarely.</summary>
public static class BackOff
{
    // 2^20 first steps are longer than any wait that can be set.
    private const int DoublingsMax = 20;

    /// <param name="times">How often it was tried in a row before: 0 gives the first step.</param>
    /// <param name="jitter">Moves a step by up to a tenth, so that what failed together does not come back together.</param>
    public static TimeSpan After(int times, TimeSpan first, TimeSpan max, double jitter)
    {
        var step = first * Math.Pow(2, Math.Clamp(times, 0, DoublingsMax));
        return (step < max ? step : max) * (0.9 + 0.2 * jitter);
    }
}
