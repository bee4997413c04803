using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;

namespace Clones.Hosting;

/// <summary>What the first argument of a host may be.</summary>
/// <param name="Command">What may follow it, and what it does.</param>
/// <param name="Arguments">What may follow, in short, for the list of verbs.</param>
/// <param name="Usage">Ends its help and what is said of a wrong call; null where nothing may follow.</param>
public sealed record HostVerb(Command Command, string Arguments = "", string? Usage = null);

/// <summary>
/// All that a host is asked for by its arguments, behind one root, understood before anything is read or started. Only no argument, or settings
/// alone, start a host: a mistyped verb must not start a worker that holds the keys.
/// </summary>
public sealed class HostCommandLine
{
    public const int WrongUsage = 2;

    /// <summary>EX_CONFIG: a setting is missing or wrong.</summary>
    public const int NotConfigured = 78;

    private readonly string program;
    private readonly string host;

    // Named as operators call it, for the help. Not the root class of the library: that one reads "@file" out of an argument.
    private readonly Command root;

    /// <param name="program">The file that <c>dotnet</c> is given.</param>
    /// <param name="host">What it is, such as "the workers".</param>
    /// <param name="verbs">In the order in which they are listed; <c>check</c> comes first.</param>
    /// <param name="build">The host, from the settings among the arguments.</param>
    /// <param name="map">Its routes.</param>
    public HostCommandLine(
        string program,
        string host,
        IReadOnlyList<HostVerb> verbs,
        Func<string[], WebApplication> build,
        Action<WebApplication> map
    )
    {
        (this.program, this.host) = (program, host);
        var check = new Command("check", $"whether {host} would start with these settings");
        check.SetAction(
            async (_, _) =>
            {
                // Not disposed: a bus that was never started warns that it cannot be stopped.
                await StartCheck.RunAsync(Build([]).Services);
            }
        );
        Verbs = [new(check), .. verbs];
        var settings = new Argument<string[]>("SETTINGS") { Arity = ArgumentArity.ZeroOrMore, Hidden = true };
        root = new Command("./clones") { settings, new HelpOption("--help", "-h"), new VersionOption() };
        foreach (var verb in Verbs)
        {
            root.Add(verb.Command);
        }
        root.SetAction(
            async (parsed, _) =>
            {
                await using var app = Build(parsed.GetValue(settings) ?? []);
                // The host would do it too, and log what it finds with a stack trace.
                app.Services.GetService<IStartupValidator>()?.Validate();
                map(app);
                app.Logger.LogInformation("Version {Version} of {Host}", Version, host);
                await app.RunAsync();
            }
        );

        // Settings are read once, when the host starts: nothing watches files for changes of them.
        WebApplication Build(string[] given) => build(["--hostBuilder:reloadConfigOnChange=false", .. given]);
    }

    public IReadOnlyList<HostVerb> Verbs { get; }

    /// <summary>Of the last tag, with the commit that was built.</summary>
    private static string? Version =>
        Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;

    /// <param name="args">As they were typed.</param>
    /// <param name="output">For reports and help.</param>
    /// <param name="errors">For what goes wrong.</param>
    /// <param name="cancellationToken">Ends a verb.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(
        IReadOnlyList<string> args,
        TextWriter output,
        TextWriter errors,
        CancellationToken cancellationToken = default
    )
    {
        var (parsed, wrong) = Parse(args);
        if (wrong.Count > 0)
        {
            foreach (var message in wrong)
            {
                await errors.WriteLineAsync(message);
            }
            await errors.WriteLineAsync(UsageOf(parsed));
            return WrongUsage;
        }
        var isHelp = parsed.Action is HelpAction;
        var isVerb = parsed.CommandResult.Command != root;
        var invocation = new InvocationConfiguration
        {
            Output = output,
            Error = errors,
            EnableDefaultExceptionHandler = false,
        };
        if (!isVerb)
        {
            // The host ends what it has begun, and knows itself how long that may take.
            invocation.ProcessTerminationTimeout = null;
        }
        try
        {
            var code = isHelp && !isVerb ? 0 : await parsed.InvokeAsync(invocation, cancellationToken);
            if (isHelp)
            {
                await output.WriteLineAsync(UsageOf(parsed));
            }
            return code;
        }
        catch (Exception e) when (WrongSettings(e) is { } wrongSettings)
        {
            await errors.WriteLineAsync($"{char.ToUpperInvariant(host[0])}{host[1..]} cannot start: {wrongSettings}");
            return NotConfigured;
        }
    }

    /// <returns>What was asked for, and what is wrong with it: each thing once, in the words of operators.</returns>
    internal (ParseResult Parsed, IReadOnlyList<string> Errors) Parse(IReadOnlyList<string> args)
    {
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is HelpAction || args is ["--version"])
        {
            return (parsed, []);
        }
        var command = parsed.CommandResult.Command;
        var path = PathOf(parsed);
        // Settings stand alone: what comes before a verb is none of it.
        if ((path is [var verb, ..] ? args.Take(1).Where(a => a != verb) : args.Where(a => !IsSetting(a))).FirstOrDefault() is { } unknown)
        {
            return (parsed, [$"Unknown argument \"{unknown}\"."]);
        }
        if (parsed.UnmatchedTokens is [var word, ..])
        {
            if (command.Subcommands.Count > 0)
            {
                // It is also an error for the absence of a command.
                return (parsed, [$"Unrecognized command: '{word}'."]);
            }
            if (command.Arguments.Count + command.Options.Count == 0)
            {
                return (parsed, [$"\"{command.Name}\" takes no arguments."]);
            }
        }
        // Where an option is wrong as well, the parser does not come to them.
        var missing = command.Arguments.Where(a => a.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(a) is not { Tokens.Count: > 0 });
        var call = string.Join(' ', [.. path, .. command.Arguments.Select(a => a.Name)]);
        return (
            parsed,
            [
                .. missing.Select(a => $"{a.Name} is missing: ./clones {call}"),
                .. parsed.Errors.Where(e => e.SymbolResult is not ArgumentResult { Tokens.Count: 0 }).Select(e => e.Message),
            ]
        );
    }

    /// <returns>All that is wrong with the settings, each thing once; null for any other failure.</returns>
    private static string? WrongSettings(Exception e) =>
        e switch
        {
            ConfigurationMissingException or OptionsValidationException => e.Message,
            AggregateException all when all.InnerExceptions.All(one => one is OptionsValidationException) => string.Join(
                "; ",
                all.InnerExceptions.Select(one => one.Message).Distinct()
            ),
            _ => null,
        };

    /// <summary>As .NET's configuration takes it from the command line, and in no other of its notations: <c>--Serilog:MinimumLevel:Default=Debug</c>.</summary>
    private static bool IsSetting(string argument) =>
        argument.StartsWith("--", StringComparison.Ordinal) && argument.IndexOf('=', StringComparison.Ordinal) > 2;

    /// <returns>The verb and what follows it.</returns>
    private static string[] PathOf(ParseResult parsed)
    {
        var path = new Stack<string>();
        for (SymbolResult? at = parsed.CommandResult; at?.Parent is not null; at = at.Parent)
        {
            path.Push(((CommandResult)at).Command.Name);
        }
        return [.. path];
    }

    private string UsageOf(ParseResult parsed) =>
        PathOf(parsed) is [var verb, ..] && Verbs.First(v => v.Command.Name == verb).Usage is { } usage ? $"usage: {usage}" : Usage();

    private string Usage()
    {
        var text = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"usage: dotnet {program} [VERB | --SETTING=VALUE .. | --version]")
            .AppendLine()
            .AppendLine(
                CultureInfo.InvariantCulture,
                $"Without a verb {host} start. Settings belong into the environment: arguments are seen by every user of the machine."
            )
            .AppendLine()
            .Append("verbs:");
        foreach (var (command, arguments, _) in Verbs)
        {
            text.AppendLine()
                .Append(CultureInfo.InvariantCulture, $"  {$"{command.Name} {arguments}".TrimEnd(), -48}  {command.Description}");
        }
        return text.ToString();
    }
}
