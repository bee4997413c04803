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
}
