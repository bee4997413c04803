using Clones.Domain.Keys;
using Clones.Domain.Pools;
using Clones.Domain.Tokens;
using Clones.Persistence;
using Clones.Persistence.Keys;

namespace Clones.Custody.Import;

/// <summary>Imports some lines in one database transaction. A line that cannot be imported leaves nothing in it and holds no other back.</summary>
internal sealed class ImportBatch(ClonesDbContext db, IImportedKeys keys, ListedTokens tokens, KnownPools known, TimeProvider time)
{
    /// <param name="dryRun">Everything but the commit.</param>
    /// <returns>A decision for each line, in order; what is rejected says why.</returns>
    public async Task<IReadOnlyList<ImportDecision>> RunAsync(
        IReadOnlyList<OldPoolLine> lines,
        bool dryRun,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        try
        {
            await db.LockImportsAsync(cancellationToken);
            await known.LookUpAsync([.. lines.Where(l => l.Pool is not null).Select(l => l.Pool!)], cancellationToken);
            var decisions = new List<ImportDecision>(lines.Count);
            foreach (var line in lines)
            {
                decisions.Add(await DecideAsync(line, cancellationToken));
            }
            if (!dryRun)
            {
                await db.SaveChangesAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }
            return decisions;
        }
        finally
        {
            db.ChangeTracker.Clear();
        }
    }

    private async Task<ImportDecision> DecideAsync(OldPoolLine line, CancellationToken cancellationToken)
    {
        if (line.Pool is not { } old)
        {
            return ImportDecision.Reject;
        }

        try
        {
            var isThere = known.Has(old);
            if (!isThere)
            {
                await ImportAsync(old, line.Key!, cancellationToken);
            }
            known.Add(old, line.Number);
            return isThere ? ImportDecision.AlreadyThere : ImportDecision.Import;
        }
        catch (LineRejectedException rejection)
        {
            line.Reject(rejection);
            return ImportDecision.Reject;
        }
    }

    private async Task ImportAsync(OldPool old, ImportedKey key, CancellationToken cancellationToken)
    {
        var token = tokens.Of(old.Token);
        var price = old.Price.ToBaseUnits(token.Decimals, "pricePerDemo");
        var now = time.GetUtcNow();
        Guid walletId;
        try
        {
            var wallet = await keys.TakeOverAsync(old.PoolId, Guid.CreateVersion7(now), old.Deposit, key.StoredUtf8, cancellationToken);
            walletId = wallet.Id;
        }
        catch (KeyUnusableException e)
        {
            // Its own message names the id of a wallet that nobody has ever seen.
            var under = e.MasterKey is null ? "" : $" under {e.MasterKey}";
            throw new LineRejectedException("depositPrivateKey", $"the key of {old.Deposit}{under} cannot be used: {e.Reason}");
        }
        db.TrainingPools.Add(
            new TrainingPool
            {
                Id = old.PoolId,
                OwnerAddress = old.Owner.ToString(),
                Name = old.Name,
                Skills = [.. old.Skills],
                DepositWalletId = walletId,
                TokenSymbol = token.Symbol,
                Mint = token.Mint,
                PricePerDemo = price,
                UploadLimit = old.UploadLimit,
                // As a new pool: its wallet was never checked, and so is due; the workers settle the status by what the chain says.
                Status = old.Status == OldPoolStatus.Paused ? TrainingPoolStatus.Paused : TrainingPoolStatus.NoFunds,
                CreatedAt = now,
                UpdatedAt = now,
            }
        );
    }
}
