using Clones.Contracts.Keys;
using Clones.Domain.Keys;
using Clones.Persistence;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Spectre.Console;

namespace Clones.Workers.Commands.Keys;

/// <summary><c>keys sweep</c>: asks the workers for a sweep, or joins the one that runs, and shows how far it is. Ending it does not end the sweep.</summary>
internal sealed class SweepWatch(ClonesDbContext db, IPublishEndpoint publish, TimeProvider time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(5);

    /// <summary>After so long without progress its message is sent again: a step that was done is not done again.</summary>
    private static readonly TimeSpan StandstillMax = TimeSpan.FromSeconds(30);

    /// <summary>Before its first step: what is published before the workers have ever bound their queue reaches nobody.</summary>
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(5);

    public async Task<int> RunAsync(int keysPerSecondMax, TextWriter output, CancellationToken cancellationToken)
    {
        var sweep = await FindOrAskAsync(keysPerSecondMax, output, cancellationToken);
        sweep =
            AnsiConsole.Profile.Capabilities.Interactive && ReferenceEquals(output, Console.Out)
                ? await ShowAsync(sweep, cancellationToken)
                : await ShowAsync(sweep, output, cancellationToken);
        await output.WriteLineAsync(Describe(sweep));
        return sweep.Migrated == sweep.Total ? KeysCommand.Well : KeysCommand.NotWell;
    }

    public static string Describe(KeySweep sweep) =>
        sweep.FinishedAt is { } end
            ? $"sweep of {sweep.StartedAt:u}: {sweep.Migrated} keys came under {sweep.ToKey} in {(end - sweep.StartedAt!.Value).TotalSeconds:0.0} s, {sweep.Total - sweep.Migrated} did not"
        : sweep.StartedAt is null ? $"sweep of {sweep.RequestedAt:u}: waits for a worker"
        : $"sweep of {sweep.StartedAt:u}: {sweep.Migrated} of {sweep.Total} keys are under {sweep.ToKey}, {sweep.Failed} could not be brought there";

    private async Task<KeySweep> FindOrAskAsync(int keysPerSecondMax, TextWriter output, CancellationToken cancellationToken)
    {
        if (await db.KeySweeps.AsNoTracking().FirstOrDefaultAsync(s => s.FinishedAt == null, cancellationToken) is { } running)
        {
            await output.WriteLineAsync("A sweep is running already; joining it.");
            return running;
        }

        var sweep = new KeySweep
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            KeysPerSecondMax = keysPerSecondMax,
            RequestedAt = time.GetUtcNow(),
            UpdatedAt = time.GetUtcNow(),
        };
        db.KeySweeps.Add(sweep);
        await AskAsync(sweep, cancellationToken);
        return sweep;
    }

    // Into the outbox, with the row: a worker sends it.
    private async Task AskAsync(KeySweep sweep, CancellationToken cancellationToken)
    {
        await publish.Publish(new SweepDepositKeys { SweepId = sweep.Id, Step = sweep.Step }, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
    }

    private Task<KeySweep> ShowAsync(KeySweep sweep, CancellationToken cancellationToken) =>
        AnsiConsole
            .Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask("waiting for a worker", autoStart: true);
                return await FollowAsync(
                    sweep,
                    now =>
                    {
                        bar.Description = now.ToKey is null ? "waiting for a worker" : $"{now.Migrated} of {now.Total} under {now.ToKey}";
                        bar.MaxValue = Math.Max(1, now.Total);
                        bar.Value = now.FinishedAt is null ? now.Migrated + now.Failed : bar.MaxValue;
                        return Task.CompletedTask;
                    },
                    cancellationToken
                );
            });

    private Task<KeySweep> ShowAsync(KeySweep sweep, TextWriter output, CancellationToken cancellationToken)
    {
        var reported = time.GetTimestamp();
        return FollowAsync(
            sweep,
            async now =>
            {
                if (time.GetElapsedTime(reported) >= ReportEvery && now.FinishedAt is null)
                {
                    reported = time.GetTimestamp();
                    await output.WriteLineAsync(Describe(now));
                }
            },
            cancellationToken
        );
    }

    private async Task<KeySweep> FollowAsync(KeySweep sweep, Func<KeySweep, Task> show, CancellationToken cancellationToken)
    {
        var (step, moved) = (-1, time.GetTimestamp());
        while (true)
        {
            var now = await db.KeySweeps.AsNoTracking().SingleAsync(s => s.Id == sweep.Id, cancellationToken);
            await show(now);
            if (now.FinishedAt is not null)
            {
                return now;
            }
            if (now.Step != step)
            {
                (step, moved) = (now.Step, time.GetTimestamp());
            }
            else if (time.GetElapsedTime(moved) > (now.StartedAt is null ? StartMax : StandstillMax))
            {
                moved = time.GetTimestamp();
                await AskAsync(now, cancellationToken);
            }
            await Task.Delay(LookEvery, time, cancellationToken);
        }
    }
}
