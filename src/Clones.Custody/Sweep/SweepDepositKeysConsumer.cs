using Clones.Contracts.Keys;
using Clones.Domain;
using Clones.Domain.Faults;
using Clones.Domain.Keys;
using Clones.Messaging.Bus;
using Clones.Persistence;
using Clones.Persistence.Keys;
using MassTransit;

namespace Clones.Custody.Sweep;

/// <summary>
/// Does one step of a sweep: the next batch of keys, and the message for the step after it, in one commit. Keys that a payment holds are passed
/// over (it encrypts them anew by itself) and searched for again in another pass.
/// </summary>
internal sealed class SweepDepositKeysConsumer(
    ClonesDbContext db,
    StoredKeyRows stored,
    MasterKeys masters,
    KeySweepBatch batch,
    ICrashPoints crashes,
    TimeProvider time,
    ILogger<SweepDepositKeysConsumer> log
) : IConsumer<SweepDepositKeys>
{
    private const int PassesMax = 20;

    public async Task Consume(ConsumeContext<SweepDepositKeys> context)
    {
        var message = context.Message;
        var cancellation = context.CancellationToken;
        var sweep = await db.LockSweepAsync(message.SweepId, cancellation);
        if (sweep is null)
        {
            throw new UnacceptableMessageException($"There is no sweep {message.SweepId}.");
        }
        if (sweep.FinishedAt is not null || sweep.Step != message.Step)
        {
            return;
        }

        var current = masters.Current;
        if (sweep.ToKey is { } to && MasterKeyName.IsNewer(to, than: current))
        {
            // While a new version is rolled out: this replica would bring keys back under the older one.
            throw new ReplicaBehindException(to, current);
        }
        if (sweep.StartedAt is null || sweep.ToKey != current)
        {
            await BeginAsync(sweep, current, cancellation);
        }
        await PaceAsync(sweep, cancellation);
        await StepAsync(sweep, current, cancellation);
        sweep.Step++;
        sweep.UpdatedAt = time.GetUtcNow();
        await db.SaveChangesAsync(cancellation);
        if (sweep.FinishedAt is null)
        {
            await context.Publish(new SweepDepositKeys { SweepId = sweep.Id, Step = sweep.Step });
        }
        await crashes.ReachAsync(CrashPoint.KeySwapped, cancellation);
    }

    // Also where another master key became current in the middle: what this sweep did is outdated then.
    private async Task BeginAsync(KeySweep sweep, string current, CancellationToken cancellationToken)
    {
        sweep.StartedAt ??= time.GetUtcNow();
        sweep.ToKey = current;
        sweep.Total = sweep.Migrated + await stored.CountNotUnderAsync(current, VersionOf(current), cancellationToken);
        (sweep.Pass, sweep.Failed, sweep.Purpose, sweep.Cursor) = (1, 0, WalletKeyEvent.Deposit, Guid.Empty);
        log.LogInformation("Sweep {SweepId}: {Count} keys are to come under {MasterKey}", sweep.Id, sweep.Total - sweep.Migrated, current);
    }

    private async Task PaceAsync(KeySweep sweep, CancellationToken cancellationToken)
    {
        if (SweepPace.PauseBeforeNext(sweep, time.GetUtcNow()) is var pause && pause > TimeSpan.Zero)
        {
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private async Task StepAsync(KeySweep sweep, string current, CancellationToken cancellationToken)
    {
        var count = SweepPace.BatchOf(sweep);
        var rows = await stored.NextAsync(sweep.Purpose, sweep.Cursor, current, VersionOf(current), count, cancellationToken);
        if (rows.Count > 0)
        {
            // In the order of the database, which is not that of .NET.
            sweep.Cursor = rows[^1].Binding.Id;
            var (migrated, failed) = await batch.MigrateAsync(sweep.Purpose, rows, cancellationToken);
            sweep.Migrated += migrated;
            sweep.Failed += failed;
        }
        else if (sweep.Purpose == WalletKeyEvent.Deposit)
        {
            (sweep.Purpose, sweep.Cursor) = (WalletKeyEvent.Mint, Guid.Empty);
        }
        else
        {
            await EndPassAsync(sweep, current, cancellationToken);
        }
    }

    private static int VersionOf(string masterKey) => MasterKeyName.OwnVersionOf(masterKey) ?? 0;

    private async Task EndPassAsync(KeySweep sweep, string current, CancellationToken cancellationToken)
    {
        var left = await stored.CountNotUnderAsync(current, VersionOf(current), cancellationToken);
        if (left > sweep.Failed && sweep.Pass < PassesMax)
        {
            // Payments had them. By now they are done with, or soon will be.
            await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
            (sweep.Pass, sweep.Failed, sweep.Purpose, sweep.Cursor) = (sweep.Pass + 1, 0, WalletKeyEvent.Deposit, Guid.Empty);
            return;
        }

        // Payments may have migrated some of them: those are no work that is left.
        sweep.Total = sweep.Migrated + left;
        sweep.FinishedAt = time.GetUtcNow();
        log.LogInformation(
            "Sweep {SweepId} is over: {Migrated} keys came under {MasterKey}, {Left} did not",
            sweep.Id,
            sweep.Migrated,
            current,
            left
        );
    }
}

/// <summary>Another replica has begun this sweep with a newer master key than this one writes with. The message waits for it, or for this one's new settings.</summary>
internal sealed class ReplicaBehindException(string sweptTo, string current)
    : Exception($"The keys are swept to {sweptTo} by another replica; this one still writes with {current}."),
        ITransientFailure;
