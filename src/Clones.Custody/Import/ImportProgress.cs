using Spectre.Console;

namespace Clones.Custody.Import;

/// <summary>Shows an import on its way: a bar where somebody looks on, else a line every few seconds.</summary>
internal abstract class ImportProgress
{
    /// <param name="bytes">Length of the file; null where it has none (a pipe).</param>
    public static ImportProgress For(TextWriter output, long? bytes, TimeProvider time)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        return bytes > 0 && console.Profile.Out.IsTerminal && console.Profile.Capabilities.Interactive
            ? new Bar(console, bytes.Value)
            : new Lines(output, bytes, time);
    }

    public abstract Task RunAsync(Func<Task> import);

    public abstract Task AdvanceAsync(long bytesRead, ImportReport report);

    public abstract Task WriteLineAsync(string line);

    private sealed class Bar(IAnsiConsole console, long bytes) : ImportProgress
    {
        private ProgressTask? task;

        public override Task RunAsync(Func<Task> import) =>
            console
                .Progress()
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .StartAsync(context =>
                {
                    task = context.AddTask("training pools", maxValue: bytes);
                    return import();
                });

        public override Task AdvanceAsync(long bytesRead, ImportReport report)
        {
            task?.Value = bytesRead;
            return Task.CompletedTask;
        }

        public override Task WriteLineAsync(string line)
        {
            console.WriteLine(line);
            return Task.CompletedTask;
        }
    }

    private sealed class Lines(TextWriter output, long? bytes, TimeProvider time) : ImportProgress
    {
        private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
        private long told = time.GetTimestamp();

        public override Task RunAsync(Func<Task> import) => import();

        public override async Task AdvanceAsync(long bytesRead, ImportReport report)
        {
            if (time.GetElapsedTime(told) >= Every)
            {
                told = time.GetTimestamp();
                var share = bytes > 0 ? $"{100 * bytesRead / bytes} % read: " : "";
                await output.WriteLineAsync(
                    $"{share}{report.Imported} imported, {report.AlreadyThere} already there, {report.Refused} refused"
                );
            }
        }

        public override Task WriteLineAsync(string line) => output.WriteLineAsync(line);
    }
}
