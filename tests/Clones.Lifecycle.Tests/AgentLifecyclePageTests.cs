using Clones.Testing;

namespace Clones.Lifecycle.Tests;

public sealed class AgentLifecyclePageTests
{
    [Fact]
    public async Task The_page_shows_the_machine_that_runs()
    {
        var path = Repository.PathOf("docs", "lifecycle.md");
        var page = AgentLifecyclePage.Write(new AgentLifecycleStateMachine().Graph);
        if (Environment.GetEnvironmentVariable("CLONES_WRITE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(path, page, TestContext.Current.CancellationToken);
        }

        (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).ShouldBe(
            page,
            "Run with CLONES_WRITE_DOCS=1 to draw it anew."
        );
    }
}
