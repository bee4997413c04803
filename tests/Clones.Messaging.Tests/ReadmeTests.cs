using System.Text.RegularExpressions;
using Clones.Messaging.Outbox;
using Clones.Testing;

namespace Clones.Messaging.Tests;

public sealed partial class ReadmeTests
{
    [Fact]
    public void The_readme_names_every_public_type_and_no_other()
    {
        var documented = File.ReadLines(Repository.PathOf("src", "Clones.Messaging", "README.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => Quoted().Matches(line.Split('|')[1]).Select(m => m.Groups[1].Value));

        var types = typeof(OutboxOptions).Assembly.GetExportedTypes().Select(type => type.Name.Split('`')[0]);

        documented.ShouldBe(types, ignoreOrder: true);
    }

    [GeneratedRegex("`([A-Za-z]+)`")]
    private static partial Regex Quoted();
}
