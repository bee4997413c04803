using System.Diagnostics;

namespace Clones.Testing.Tests;

/// <summary>Runs lines of bash with the functions of deploy/native, in an installation of its own that is deleted afterwards.</summary>
internal sealed class NativeScript : IDisposable
{
    private const string Prologue = """
        set -euo pipefail
        ROOT=$1
        for part in "$2"/*.sh; do source "$part"; done
        select_servers dev
        """;

    private readonly Dictionary<string, string> environment = [];

    public NativeScript()
    {
        File.Copy(Repository.PathOf(".env.example"), Path.Combine(Root, ".env.example"));
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("clones-script-").FullName;

    public NativeScript With(string variable, string value)
    {
        environment[variable] = value;
        return this;
    }

    public (int ExitCode, string Output) Run(string lines)
    {
        var start = new ProcessStartInfo("bash")
        {
            ArgumentList = { "-c", $"{Prologue}\n{lines}", "bash", Root, Repository.PathOf("deploy", "native") },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (variable, value) in environment)
        {
            start.Environment[variable] = value;
        }

        using var bash = Process.Start(start)!;
        var errors = bash.StandardError.ReadToEndAsync();
        var output = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();
        return (bash.ExitCode, output + errors.GetAwaiter().GetResult());
    }

    public string Succeed(string lines)
    {
        var (exitCode, output) = Run(lines);
        exitCode.ShouldBe(0, output);
        return output;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
