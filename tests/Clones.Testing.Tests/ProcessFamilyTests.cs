namespace Clones.Testing.Tests;

public sealed class ProcessFamilyTests
{
    [Fact]
    public async Task The_processor_time_of_a_process_includes_a_child_that_has_ended()
    {
        // The child works until its own clock of processor time says so; its parent waits for it, and then for its end.
        const string ParentOfBusyChild = """
            (self=$BASHPID; while [ "$(cut -d' ' -f14 /proc/$self/stat)" -lt 20 ]; do for ((i = 0; i < 20000; i++)); do :; done; done)
            echo ended
            sleep 60
            """;
        await using var parent = LeashedProcess.Start(["bash", "-c", ParentOfBusyChild]);

        await parent
            .LinesAsync(TestContext.Current.CancellationToken)
            .FirstAsync(line => line == "ended", TestContext.Current.CancellationToken)
            .AsTask()
            .OrGiveUpAsync("the child to end", TestContext.Current.CancellationToken);

        ProcessFamily.ProcessorTime(parent.ProgramId!.Value).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public void The_processor_time_of_a_process_that_is_not_there_is_zero() =>
        ProcessFamily.ProcessorTime(int.MaxValue).ShouldBe(TimeSpan.Zero);

    [Fact]
    public async Task The_memory_of_a_process_includes_that_of_its_children()
    {
        await using var parent = LeashedProcess.Start(["bash", "-c", "sleep 60 & sleep 60 & echo started; wait"]);
        await parent
            .LinesAsync(TestContext.Current.CancellationToken)
            .FirstAsync(line => line == "started", TestContext.Current.CancellationToken)
            .AsTask()
            .OrGiveUpAsync("the children to start", TestContext.Current.CancellationToken);
        var children = ProcessFamily.ChildrenOf(parent.ProgramId!.Value);

        var together = ProcessFamily.ResidentBytes(parent.ProgramId!.Value);

        children.Count.ShouldBe(2);
        together.ShouldBeGreaterThan(children.Sum(ProcessFamily.ResidentBytes));
        ProcessFamily.ResidentBytes(Environment.ProcessId).ShouldBeGreaterThan(1_000_000);
        ProcessFamily.ResidentBytes(int.MaxValue).ShouldBe(0);
    }
}
