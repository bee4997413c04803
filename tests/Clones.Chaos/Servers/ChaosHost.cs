using Clones.Chaos.Faults;
using Clones.Domain.Faults;
using Clones.Testing;

namespace Clones.Chaos.Servers;

/// <summary>One of our hosts as a process, which is started again whenever it has died, as a supervisor would.</summary>
internal sealed class ChaosHost(
    string name,
    string dll,
    Uri url,
    string logFile,
    IReadOnlyDictionary<string, string?> environment,
    FaultCounts tally,
    TimeProvider time
) : IAsyncDisposable
{
    // Into a file: an hour of logs does not belong into memory.
    private const string IntoFile = "exec dotnet \"$1\" >>\"$2\" 2>&1";

    private readonly CancellationTokenSource ending = new();
    private LeashedProcess? process;
    private Task supervision = Task.CompletedTask;
    private string? killedBy;
    private string lastAnswer = "nothing";
    private TimeSpan downFor;
    private (CrashPoint Point, int Passes)? armed;

    public Uri Url => url;

    /// <summary>What its health said last, whether it runs, and the end of its log: for whoever finds that it is not ready.</summary>
    public string State =>
        $"{Path.GetFileNameWithoutExtension(logFile)} at {url}, {(process is null ? "not running" : $"process {process.ProgramId}")}, "
        + $"answered last: {lastAnswer}\n{string.Join('\n', File.Exists(logFile) ? File.ReadLines(logFile).TakeLast(15) : [])}";

    public void Start() => supervision = SuperviseAsync();

    /// <summary>SIGKILL. Another process takes its place.</summary>
    /// <param name="deed">How long it is down, and how it comes back.</param>
    public async Task KillAsync(PlannedFault deed)
    {
        if (process?.ProgramId is { } id)
        {
            (killedBy, downFor, armed) = (deed.Kind, deed.DownFor, deed.ComesBack);
            await Signals.KillAsync([id]);
        }
    }

    /// <summary>SIGSTOP, and SIGCONT when the time is over. Whoever is dead already is left alone.</summary>
    public async Task FreezeAsync(PlannedFault deed, CancellationToken cancellationToken)
    {
        if (process?.ProgramId is not { } id)
        {
            return;
        }
        await Signals.FreezeAsync([id]);
        tally.Note(deed.Kind);
        await Task.Delay(deed.FrozenFor, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Signals.ThawAsync([id]);
    }

    public async Task UntilReadyAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromSeconds(5) };
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync("/health/ready", cancellationToken);
                lastAnswer = $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}";
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                // Not yet, or not any more.
                lastAnswer = e.Message;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await supervision;
        ending.Dispose();
    }

    private async Task SuperviseAsync()
    {
        while (!ending.IsCancellationRequested)
        {
            var trap = armed;
            armed = null;
            var variables = new Dictionary<string, string?>(environment)
            {
                ["Faults__DieAt"] = trap?.Point.ToString(),
                ["Faults__DieAfter"] = trap is { } t ? $"{t.Passes}" : null,
            };
            await using (var running = LeashedProcess.Start(["bash", "-c", IntoFile, "bash", dll, logFile], variables))
            {
                process = running;
                await Task.WhenAny(running.WaitAsync(ending.Token));
                process = null;
            }
            if (ending.IsCancellationRequested)
            {
                return;
            }
            tally.Note(killedBy ?? (trap is { } point ? $"{name} died at {point.Point}" : $"{name} ended by itself"));
            await Task.Delay(killedBy is null ? TimeSpan.FromSeconds(1) : downFor, time, ending.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            killedBy = null;
        }
    }
}
