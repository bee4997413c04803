using Spectre.Console;

namespace Clones.Demo;

/// <summary>One line per thing that happened, with the time since the start.</summary>
internal sealed class Narrator(TimeProvider time)
{
    private readonly long started = time.GetTimestamp();

    public TimeSpan Elapsed => time.GetElapsedTime(started);

    public void Say(string text) => AnsiConsole.MarkupLineInterpolated($"[grey]{Elapsed.TotalSeconds, 6:0.0} s[/]  {text}");
}
