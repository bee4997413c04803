using System.Text.RegularExpressions;

namespace Clones.Testing.Tests;

/// <summary>docs/settlement.md names a test for every row of the fault matrix. A name that no test bears would promise nothing.</summary>
public sealed partial class FaultMatrixPageTests
{
    // 32 and 35 have no test yet.
    private static readonly int[] Rows = [.. Enumerable.Range(1, 31), 33, 34];

    [Fact]
    public async Task Every_row_names_a_test_of_its_own_that_exists()
    {
        var page = await File.ReadAllTextAsync(Repository.PathOf("docs", "settlement.md"), TestContext.Current.CancellationToken);
        var tests = Directory
            .EnumerateFiles(Repository.PathOf("tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText)
            .SelectMany(text => TestMethod().Matches(text).Select(m => m.Groups[1].Value))
            .ToHashSet();

        var rows = Row().Matches(page).ToDictionary(m => int.Parse(m.Groups[1].Value), m => m.Groups[2].Value);
        rows.Keys.Order().ShouldBe(Rows);
        foreach (var (row, text) in rows)
        {
            var named = Name().Matches(text).Select(m => m.Groups[1].Value).ToList();
            named.ShouldNotBeEmpty($"row {row}");
            named.Where(name => !tests.Contains(name)).ShouldBeEmpty($"row {row}");
            named.Any(name => IsOf(row, name)).ShouldBeTrue($"no test bears the number of row {row}");
        }
    }

    private static bool IsOf(int row, string name)
    {
        var numbers = Number().Matches(name).Select(m => int.Parse(m.Value)).ToList();
        return name.StartsWith("Rows_") && name.Contains("_to_") ? numbers[0] <= row && row <= numbers[1] : numbers.Take(2).Contains(row);
    }

    [GeneratedRegex(@"public (?:async Task|void) (\w+)\(")]
    private static partial Regex TestMethod();

    [GeneratedRegex(@"^\| (\d+) \|[^|]*\|(.*)\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    // Shortened names (".._") repeat a test that is named in full elsewhere.
    [GeneratedRegex(@"`(?:\w+\.)?((?:Rows?_\d|A_worker_)\w+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
