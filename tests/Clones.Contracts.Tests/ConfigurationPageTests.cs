using System.Text.RegularExpressions;
using Clones.Testing;

namespace Clones.Contracts.Tests;

/// <summary>docs/configuration.md beside the names that the code reads: the hosts', their commands', the demo's.</summary>
public sealed partial class ConfigurationPageTests
{
    /// <summary>Read by .NET and its libraries.</summary>
    private static readonly string[] OfOthers =
    [
        "ASPNETCORE_URLS",
        "ASPNETCORE_ENVIRONMENT",
        "ASPNETCORE_FORWARDEDHEADERS_ENABLED",
        "ConnectionStrings__Clones",
        "Serilog__MinimumLevel__Default",
    ];

    [Fact]
    public void Every_setting_that_the_code_reads_is_documented() =>
        InCode().Where(name => !OfOthers.Contains(name)).ShouldBeSubsetOf(Documented("## Both hosts", until: null));

    [Fact]
    public void Every_setting_that_is_documented_is_read() =>
        Documented("## Both hosts", until: "## The script").Where(name => !OfOthers.Contains(name)).ShouldBeSubsetOf(InCode());

    private static List<string> Documented(string from, string? until) =>
        [
            .. File.ReadLines(Repository.PathOf("docs", "configuration.md"))
                .SkipWhile(line => line != from)
                .TakeWhile(line => until is null || !line.StartsWith(until, StringComparison.Ordinal))
                .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
                .SelectMany(line => DocumentedName().Matches(line.Split('|')[1]).Select(m => m.Value))
                // A further version of a master key.
                .Where(name => !name.EndsWith("_V2", StringComparison.Ordinal)),
        ];

    private static HashSet<string> InCode()
    {
        var files = new[] { "src", "tools/Clones.Demo" }
            .SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder.Split('/')), "*.cs", SearchOption.AllDirectories))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal))
            .Select(File.ReadAllText)
            .ToList();
        var names = files
            .SelectMany(text => text.Split('\n'))
            .Where(line => Reading().IsMatch(line))
            .SelectMany(line => QuotedName().Matches(line))
            .Select(m =>
                (m.Groups[1].Success ? "DEPOSIT_KEY_ENCRYPTION_" : "") + m.Groups[2].Value.Replace(":", "__", StringComparison.Ordinal)
            );
        var ofSections = files
            .SelectMany(text => Section().Matches(text))
            .SelectMany(m =>
                Property()
                    .Matches(files.Single(text => text.Contains($"class {m.Groups["type"].Value}\n", StringComparison.Ordinal)))
                    .Select(p => $"{m.Groups["section"].Value}__{p.Groups[1].Value}")
            );
        return [.. names, .. ofSections];
    }

    [GeneratedRegex("[A-Za-z]+(?:_+[A-Za-z0-9]+)+")]
    private static partial Regex DocumentedName();

    [GeneratedRegex("""onfiguration|Variable\(|Prefix \+ "|Required\("|const string (?:\w*Name|\w*Setting) =""")]
    private static partial Regex Reading();

    [GeneratedRegex("""(Prefix \+ )?"(Faults:\w+|[A-Z]+(?:_[A-Z0-9]+)*)["]""")]
    private static partial Regex QuotedName();

    [GeneratedRegex("""AddSettings<(?<type>\w+)>\(configuration, "(?<section>\w+)"\)|GetSection\("(?<section>\w+)"\)\.Get<(?<type>\w+)>""")]
    private static partial Regex Section();

    [GeneratedRegex("""public (?:TimeSpan|int) (\w+) \{ get; (?:set|init); \}""")]
    private static partial Regex Property();
}
