using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Clones.Testing;

namespace Clones.Contracts.Tests;

public sealed partial class AsyncApiTests
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    /// <summary>CLONES_WRITE_DOCS=1 writes it anew; a change of it is a change of what other services rely on.</summary>
    [Fact]
    public void The_committed_document_is_what_the_contracts_are()
    {
        var text = AsyncApiDocument.Make().ToJsonString(Readable) + "\n";
        var path = Repository.PathOf("docs", "asyncapi.json");
        if (Environment.GetEnvironmentVariable("CLONES_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, text);
        }

        (File.ReadAllText(path) == text).ShouldBeTrue("docs/asyncapi.json is out of date; CLONES_WRITE_DOCS=1 writes it anew");
    }

    [Fact]
    public void The_guide_for_other_services_names_the_same_exchanges()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "messages.md"));
        var named = Row().Matches(page).Select(m => m.Groups[1].Value);

        named.ShouldBe(AsyncApiDocument.In.Concat(AsyncApiDocument.Out).Select(AsyncApiDocument.Exchange), ignoreOrder: true);
    }

    [Fact]
    public void Every_field_that_is_not_null_is_required_and_bounds_are_told()
    {
        var schema = AsyncApiDocument.Make()["components"]!["schemas"]!["SubmissionGraded"]!;

        schema["required"]!.AsArray().Select(r => r!.GetValue<string>()).ShouldBe(["submissionId", "trainingPoolId", "submitter", "score"]);
        schema["properties"]!["score"]!["maximum"]!.GetValue<int>().ShouldBe(100);
        schema["properties"]!["submissionId"]!["maxLength"]!.GetValue<int>().ShouldBe(100);
        schema["properties"]!["score"]!["description"]!.GetValue<string>().ShouldContain("Below 50");
    }

    /// <summary>The first cell of a table's row, in code.</summary>
    [GeneratedRegex("^\\| `([a-z-]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
