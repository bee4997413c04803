using Clones.Testing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Clones.Hosting.Tests;

public sealed class PassServiceTests : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(5);

    private readonly SkippedTime time = new();
    private readonly CapturedLog log = new();

    [Fact]
    public async Task Passes_follow_one_another_at_their_pace_from_the_start_on()
    {
        await RunAsync(passes: 3);

        time.Waits.ShouldBe([Every, Every]);
        log.Levels.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_fails_is_logged_and_the_next_pass_comes_all_the_same()
    {
        await RunAsync(passes: 4, new InvalidOperationException(), new TaskCanceledException("a request took too long"));

        time.Waits.ShouldBe([AfterFailure, AfterFailure, Every]);
        log.Levels.ShouldBe([LogLevel.Error, LogLevel.Error]);
    }

    [Fact]
    public async Task A_database_that_is_away_is_no_error_of_the_pass()
    {
        await RunAsync(passes: 2, new NpgsqlException("away", new IOException()));

        log.Levels.ShouldBe([LogLevel.Warning]);
    }

    [Fact]
    public async Task Where_the_first_pass_is_to_wait_it_comes_a_wait_after_the_start()
    {
        await RunAsync(passes: 2, waitsFirst: true);

        time.Waits.ShouldBe([Every, Every]);
    }

    public void Dispose() => log.Dispose();

    private Task RunAsync(int passes, params Exception[] failures) => RunAsync(passes, waitsFirst: false, failures);

    /// <summary>Until the last pass has begun, which goes on until the host stops.</summary>
    private async Task RunAsync(int passes, bool waitsFirst, params Exception[] failures)
    {
        using var service = new Scripted(passes, waitsFirst, failures, time, log.CreateLogger(nameof(Scripted)));
        await service.StartAsync(TestContext.Current.CancellationToken);
        await service.LastBegan.WaitAsync(TestContext.Current.CancellationToken);
        await service.StopAsync(TestContext.Current.CancellationToken);

        service.ExecuteTask.ShouldNotBeNull().IsCompletedSuccessfully.ShouldBeTrue();
    }

    private sealed class Scripted(int passes, bool waitsFirst, Exception[] failures, TimeProvider time, ILogger log)
        : PassService(time, log)
    {
        private readonly TaskCompletionSource last = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int begun;

        public Task LastBegan => last.Task;

        protected override TimeSpan PassEvery => Every;

        protected override TimeSpan FailedPassEvery => AfterFailure;

        protected override bool WaitsFirst => waitsFirst;

        public override async Task PassAsync(CancellationToken cancellationToken)
        {
            begun++;
            if (begun <= failures.Length)
            {
                throw failures[begun - 1];
            }
            if (begun == passes)
            {
                last.SetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
        }
    }

    /// <summary>Notes every wait and lets none of them last.</summary>
    private sealed class SkippedTime : TimeProvider
    {
        public List<TimeSpan> Waits { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waits.Add(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
