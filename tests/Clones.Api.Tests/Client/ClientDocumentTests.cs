using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Clones.Client;
using Clones.Contracts.Agents;
using Clones.Domain;
using Clones.Testing;

namespace Clones.Api.Tests.Client;

/// <summary>The client is the one of the committed document: the generator makes it again, and nothing of the document is left out.</summary>
public sealed class ClientDocumentTests
{
    private static readonly string Generated = Repository.PathOf("src", "Clones.Client", "Generated", "ClonesClient.g.cs");

    private static JsonObject Document => JsonNode.Parse(File.ReadAllText(Repository.PathOf("docs", "openapi.json")))!.AsObject();

    /// <summary>CLONES_WRITE_DOCS=1 writes it anew.</summary>
    [Fact]
    public async Task The_committed_code_is_what_the_generator_makes_of_the_committed_document()
    {
        var folder = Directory.CreateTempSubdirectory("clones-client-");
        try
        {
            CopyInto(folder, ".config", "docs/openapi.json", "src/Clones.Client/Generator");
            await RunAsync(folder.FullName, "tool", "restore");
            await RunAsync(folder.FullName, "nswag", "run", "src/Clones.Client/Generator/nswag.json");
            var made = await File.ReadAllTextAsync(Path.Combine(folder.FullName, "src/Clones.Client/Generated/ClonesClient.g.cs"));
            if (Environment.GetEnvironmentVariable("CLONES_WRITE_DOCS") == "1")
            {
                await File.WriteAllTextAsync(Generated, made);
            }

            (await File.ReadAllTextAsync(Generated) == made).ShouldBeTrue(
                "src/Clones.Client/Generated is out of date: dotnet nswag run src/Clones.Client/Generator/nswag.json"
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Every_operation_is_a_method()
    {
        var methods = typeof(ClonesClient).GetMethods().Select(m => m.Name).ToHashSet();
        var names = Document["paths"]!
            .AsObject()
            .SelectMany(p => p.Value!.AsObject())
            .Select(o => o.Value!["operationId"]!.GetValue<string>())
            .ToList();

        names.Count.ShouldBeGreaterThan(30);
        names.ShouldBeUnique();
        names.Select(n => $"{char.ToUpperInvariant(n[0])}{n[1..]}Async").ShouldBeSubsetOf(methods);
    }

    [Fact]
    public void Every_schema_is_a_type_with_every_one_of_its_members()
    {
        // An event of a stream is read as what it carries.
        foreach (var (name, schema) in Document["components"]!["schemas"]!.AsObject().Where(s => s.Key != "SseItemOfTransitionView"))
        {
            var type = typeof(ClonesClient).Assembly.GetType($"Clones.Client.{name}").ShouldNotBeNull(name);
            var members = type.GetProperties().Select(p => p.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name).ToList();
            schema!["properties"]!.AsObject().Select(p => p.Key).ShouldBeSubsetOf(members, name);
        }
    }

    [Theory]
    [InlineData(typeof(AgentStatuses))]
    [InlineData(typeof(PaymentStatuses))]
    [InlineData(typeof(OperationStatuses))]
    public void The_statuses_that_it_names_are_those_of_the_API(Type constants)
    {
        IEnumerable<string> all =
            constants == typeof(AgentStatuses) ? AgentStatus.All
            : constants == typeof(PaymentStatuses) ? Enum.GetValues<Domain.Payments.PaymentStatus>().Select(s => UpperSnakeCase.From(s))
            : Enum.GetValues<Domain.Operations.OperationStatus>().Select(s => UpperSnakeCase.From(s));

        constants.GetFields().Select(f => (string)f.GetRawConstantValue()!).ShouldBe(all, ignoreOrder: true);
    }

    private static void CopyInto(DirectoryInfo folder, params string[] paths)
    {
        foreach (var path in paths)
        {
            var from = Repository.PathOf(path);
            var files = File.Exists(from) ? [from] : Directory.GetFiles(from, "*", SearchOption.AllDirectories);
            foreach (var file in files)
            {
                var to = Path.Combine(folder.FullName, Path.GetRelativePath(Repository.PathOf("."), file));
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.Copy(file, to);
            }
        }
        Directory.CreateDirectory(Path.Combine(folder.FullName, "src/Clones.Client/Generated"));
    }

    private static async Task RunAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        process.ExitCode.ShouldBe(0, await output + await errors);
    }
}
