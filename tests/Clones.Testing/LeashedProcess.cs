using System.Diagnostics;
using System.Threading.Channels;

namespace Clones.Testing;

/// <summary>
/// A program started by a test that cannot outlive it: a shell holds it and ends it with SIGKILL when its own standard input closes,
/// which also happens when the process of the test is killed.
/// </summary>
public sealed class LeashedProcess : IAsyncDisposable
{
    private const string WhileInputIsOpen = """
        ulimit -c 0
        exec 3<&0
        "$@" </dev/null & program=$!
        cat <&3 >/dev/null & input=$!
        trap 'kill -9 $program $input 2>/dev/null' EXIT
        wait -n $program $input
        """;

    private readonly Process shell;
    private readonly List<string> output = [];
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();
    private readonly Task reading;

    private LeashedProcess(Process shell)
    {
        this.shell = shell;
        reading = Task.WhenAll(ReadAsync(shell.StandardOutput), ReadAsync(shell.StandardError));
        reading.ContinueWith(_ => lines.Writer.Complete(), TaskScheduler.Default);
    }

    public bool HasExited => shell.HasExited;

    /// <summary>Everything written to standard output and error so far.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return string.Join('\n', output);
            }
        }
    }

    /// <param name="environment">Added to that of the test; a null value removes.</param>
    public static LeashedProcess Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo("bash")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])["-c", WhileInputIsOpen, "bash", .. command])
        {
            start.ArgumentList.Add(argument);
        }
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return new LeashedProcess(Process.Start(start)!);
    }

    /// <summary>Lines as they are written, those from before included, until the program ends.</summary>
    public IAsyncEnumerable<string> LinesAsync(CancellationToken cancellationToken) => lines.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Waits for the program to end by itself, and for the last of what it wrote.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await shell.WaitForExitAsync(cancellationToken);
        await reading.WaitAsync(cancellationToken);
        return shell.ExitCode;
    }

    /// <summary>The program's own process id, not that of the shell which holds it; null when it has ended.</summary>
    public int? ProgramId
    {
        get
        {
            try
            {
                // The shell starts it first.
                var children = File.ReadAllText($"/proc/{shell.Id}/task/{shell.Id}/children");
                return !shell.HasExited && children.Split(' ') is [{ Length: > 0 } first, ..] ? int.Parse(first) : null;
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        shell.Dispose();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (output)
            {
                output.Add(line);
            }
            lines.Writer.TryWrite(line);
        }
    }
}
