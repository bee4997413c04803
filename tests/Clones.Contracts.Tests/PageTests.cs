using System.Text.RegularExpressions;
using Clones.Testing;

namespace Clones.Contracts.Tests;

/// <summary>The documents as a reader opens them.</summary>
public sealed partial class PageTests
{
    private const int LineLengthMax = 160;

    public static TheoryData<string> Pages =>
        [
            .. Directory.GetFiles(Repository.Root, "*.md").Select(path => Path.GetFileName(path)!),
            .. Directory
                .GetFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(Repository.Root, path)),
            "src/Clones.Api/Documentation/walkthrough.md",
            "src/Clones.Messaging/README.md",
            "tools/localnet/README.md",
            "tools/vectors/README.md",
        ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void No_line_is_longer_than_a_reader_follows(string page) =>
        File.ReadLines(Repository.PathOf(page)).Where(line => line.Length > LineLengthMax).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_to_a_file_leads_to_one(string page)
    {
        var folder = Path.GetDirectoryName(Repository.PathOf(page))!;
        Link()
            .Matches(File.ReadAllText(Repository.PathOf(page)))
            .Select(link => link.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal))
            .Where(target => !Path.Exists(Path.Combine(folder, target)))
            .ShouldBeEmpty();
    }

    [GeneratedRegex(@"\]\((?<target>[^)#\s]+)(#[^)]*)?\)")]
    private static partial Regex Link();
}
