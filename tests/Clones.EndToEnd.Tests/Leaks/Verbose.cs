namespace Clones.EndToEnd.Tests.Leaks;

/// <summary>
/// Every host as talkative as settings can make it. The hosts export no traces or metrics by themselves; the runtime itself can be told to write
/// down every activity of every source, with all its tags, and every measurement (EventPipe), and that is the same that an exporter would be given.
/// </summary>
internal static class Verbose
{
    private static readonly string[] Providers =
    [
        // Both keywords, messages and events: each activity's start and end, and what goes through a DiagnosticListener.
        """Microsoft-Diagnostics-DiagnosticSource:0x3:5:FilterAndPayloadSpecs="[AS]*" """.TrimEnd(),
        "System.Diagnostics.Metrics:0x3:5:SessionId=leaks;Metrics=Clones.Keys;RefreshInterval=1",
        "Npgsql:0xFFFFFFFFFFFFFFFF:5",
        "System.Net.Http:0xFFFFFFFFFFFFFFFF:5",
        "System.Net.Sockets:0xFFFFFFFFFFFFFFFF:5",
        // Every exception that is thrown, caught or not, with its message.
        "Microsoft-Windows-DotNETRuntime:0x8000:4",
    ];

    /// <param name="traces">A folder; each process writes a file there.</param>
    public static Dictionary<string, string?> Settings(string traces) =>
        new()
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Serilog__MinimumLevel__Default"] = "Verbose",
            ["Serilog__MinimumLevel__Override__Microsoft"] = "Verbose",
            ["Serilog__MinimumLevel__Override__Microsoft.EntityFrameworkCore"] = "Verbose",
            ["Serilog__MinimumLevel__Override__System.Net.Http"] = "Verbose",
            ["DOTNET_EnableEventPipe"] = "1",
            ["DOTNET_EventPipeOutputPath"] = Path.Combine(traces, "{pid}.nettrace"),
            // Written as it happens, so that a killed process leaves it.
            ["DOTNET_EventPipeOutputStreaming"] = "1",
            ["DOTNET_EventPipeConfig"] = string.Join(',', Providers),
        };
}
