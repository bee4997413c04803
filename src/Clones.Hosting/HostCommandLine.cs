using System.Globalization;
using System.Text;

namespace Clones.Hosting;

/// <summary>What the first argument of a host may be.</summary>
/// <param name="Name">As it is typed.</param>
/// <param name="Arguments">What may follow, for the usage; its command looks at it. Empty where nothing may follow.</param>
/// <param name="Description">What it does.</param>
public sealed record HostVerb(string Name, string Arguments, string Description);

/// <summary>What the arguments of a host ask for.</summary>
public abstract record HostRequest
{
    private HostRequest() { }

    /// <summary>The host itself.</summary>
    public sealed record Serve : HostRequest;

    /// <summary>A verb, which ends by itself.</summary>
    public sealed record Run(string Verb) : HostRequest;

    /// <summary>The usage.</summary>
    public sealed record Help : HostRequest;

    /// <summary>Nothing that there is.</summary>
    public sealed record Refused(string Reason) : HostRequest;
}

/// <summary>
/// The arguments of a host, understood before anything is read or started. Only no argument, or settings alone, start a host: a mistyped verb must
/// not start a worker that holds the keys.
/// </summary>
/// <param name="program">The file that <c>dotnet</c> is given.</param>
/// <param name="host">What it is, such as "the workers".</param>
/// <param name="verbs">In the order in which they are listed.</param>
public sealed class HostCommandLine(string program, string host, IReadOnlyList<HostVerb> verbs)
{
    public const int HelpShown = 0;
    public const int WrongUsage = 2;

    public IReadOnlyList<HostVerb> Verbs => verbs;

    public static bool IsHelp(string argument) => argument is "--help" or "-h";

    public HostRequest Parse(IReadOnlyList<string> arguments)
    {
        if (arguments is not [var first, ..])
        {
            return new HostRequest.Serve();
        }
        if (verbs.FirstOrDefault(v => v.Name == first) is { } verb)
        {
            return verb.Arguments.Length > 0 || arguments.Count == 1 ? new HostRequest.Run(verb.Name)
                : arguments.Skip(1).Any(IsHelp) ? new HostRequest.Help()
                : new HostRequest.Refused($"\"{verb.Name}\" takes no arguments.");
        }
        if (arguments.Any(IsHelp))
        {
            return new HostRequest.Help();
        }
        return arguments.FirstOrDefault(a => !IsSetting(a)) is { } unknown
            ? new HostRequest.Refused($"Unknown argument \"{unknown}\".")
            : new HostRequest.Serve();
    }

    /// <summary>Writes the usage where it was asked for or is needed.</summary>
    /// <returns>The exit code, where that is all there is to do; null where the host or a verb is to run.</returns>
    public int? Answer(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        switch (Parse(arguments))
        {
            case HostRequest.Help:
                output.Write(Usage());
                return HelpShown;
            case HostRequest.Refused refused:
                errors.WriteLine(refused.Reason);
                errors.Write(Usage());
                return WrongUsage;
            default:
                return null;
        }
    }

    /// <summary>As .NET's configuration takes it from the command line, and in no other of its notations: <c>--Serilog:MinimumLevel:Default=Debug</c>.</summary>
    private static bool IsSetting(string argument) =>
        argument.StartsWith("--", StringComparison.Ordinal) && argument.IndexOf('=', StringComparison.Ordinal) > 2;

    private string Usage()
    {
        var text = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"usage: dotnet {program} [VERB | --SETTING=VALUE ..]")
            .AppendLine()
            .AppendLine(
                CultureInfo.InvariantCulture,
                $"Without a verb {host} start. Settings belong into the environment: arguments are seen by every user of the machine."
            )
            .AppendLine()
            .AppendLine("verbs:");
        foreach (var verb in verbs)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {$"{verb.Name} {verb.Arguments}".TrimEnd(), -48}  {verb.Description}");
        }
        return text.ToString();
    }
}
