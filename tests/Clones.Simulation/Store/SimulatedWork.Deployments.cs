using Clones.Contracts.Agents;
using Clones.Domain;
using Clones.Domain.Agents;
using Clones.Domain.Keys;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Persistence.Agents;
using Clones.Persistence.Wallets;
using Clones.Settlement.Store;
using Clones.Solana.Rpc;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Simulation.Store;

internal sealed partial class SimulatedWork
{
    private const int StalledMax = 100;

    public async Task<(DeployingAgent Agent, AgentLifecycleInstance Life)?> LockAgentAsync(
        Guid agentId,
        string? status,
        CancellationToken cancellationToken
    )
    {
        // Those who share a lock do not wait for each other; here they do. Each of them locks the agent next, and would wait there.
        var lives = await LockAsync<AgentLifecycleInstance>(
            l => l.CorrelationId == agentId && (status is null || StatusOf(l) == status),
            l => l.CorrelationId
        );
        if (lives is not [var life])
        {
            return null;
        }
        var agents = await LockAsync<Agent>(a => a.Id == agentId, a => a.Id);
        return agents is [var agent] ? (await DeployingAsync(Row<Agent>.Copy(agent)), Row<AgentLifecycleInstance>.Copy(life)) : null;
    }

    public async Task<DeployingAgent?> FindAgentAsync(Guid agentId, CancellationToken cancellationToken)
    {
        var agent = await AskAsync(() => Rows.All<Agent>().SingleOrDefault(a => a.Id == agentId));
        return agent is null ? null : await DeployingAsync(Row<Agent>.Copy(agent));
    }

    public async Task<ChainTransaction?> LockOpenAsync(Guid agentId, TransactionKind kind, CancellationToken cancellationToken)
    {
        var found = await LockAsync<ChainTransaction>(
            t => t.AgentId == agentId && t.Kind == kind && t.Status is not (TransactionStatus.Failed or TransactionStatus.Cancelled),
            t => t.Id
        );
        if (found is not [var open, ..])
        {
            return null;
        }
        await AttemptsAsync([open.Id], cancellationToken);
        return open;
    }

    public Task<IReadOnlyList<Guid>> TransactionIdsAsync(Guid agentId, TransactionKind kind, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<Guid>>(() => [.. Of(agentId, kind).Select(t => t.Id)]);

    public Task<IReadOnlyList<TransactionAttempt>> AttemptsOfAgentAsync(
        Guid agentId,
        TransactionKind kind,
        CancellationToken cancellationToken
    ) =>
        AskAsync<IReadOnlyList<TransactionAttempt>>(() =>
            [
                .. from transaction in Of(agentId, kind)
                from attempt in Rows.All<TransactionAttempt>()
                where attempt.TransactionId == transaction.Id
                orderby attempt.CreatedAt descending
                select Row<TransactionAttempt>.Copy(attempt),
            ]
        );

    public Task<bool> HasFailedByAsync(Guid agentId, Guid transactionId, CancellationToken cancellationToken) =>
        AskAsync(() =>
            Rows.All<AgentTransition>()
                .Any(t => t.AgentId == agentId && t.TransactionId == transactionId && t is { Event: AgentEvent.Fail, Accepted: true })
        );

    /// <summary>As WalletLedger does it with its rows.</summary>
    public Task<WalletReservationResult> ReserveAsync(
        DepositWallet wallet,
        Guid transactionId,
        WalletBalance balance,
        UInt128 lamports,
        CancellationToken cancellationToken
    ) =>
        AskAsync<WalletReservationResult>(() =>
        {
            if (balance.Slot < wallet.SettledSlot)
            {
                return new WalletReservationResult.BalanceTooOld(wallet.SettledSlot);
            }
            var reserved = Rows.All<WalletReservation>()
                .Where(r => r.WalletId == wallet.Id && r.ReleasedAt is null && r.TransactionId != transactionId)
                .GroupBy(r => r.Mint ?? "")
                .ToDictionary(g => g.Key, g => g.Aggregate(UInt128.Zero, (sum, r) => sum + r.Amount));
            if (AvailableFunds.Of(balance, null, reserved) is var available && available < lamports)
            {
                var scanned = Database.Ledger.ScannedSlots.Where(s => s.Key.Wallet == wallet.Id).Select(s => s.Value);
                var known = scanned.DefaultIfEmpty().Max();
                return balance.Slot < known
                    ? new WalletReservationResult.BalanceTooOld(known)
                    : new WalletReservationResult.MissingLamports(lamports, available);
            }
            if (Rows.Find<WalletReservation>(r => r.TransactionId == transactionId && r.Mint is null) is [var own, ..])
            {
                (own.Amount, own.ReleasedAt) = ((ulong)lamports, null);
            }
            else
            {
                Rows.Add(
                    new WalletReservation
                    {
                        Id = Database.NewId(),
                        WalletId = wallet.Id,
                        TransactionId = transactionId,
                        Amount = (ulong)lamports,
                        CreatedAt = Database.Clock,
                    }
                );
            }
            Rows.Save();
            return new WalletReservationResult.Reserved();
        });

    public Task<IReadOnlyList<StalledAttempt>> DueForCoSigningAsync(TimeSpan again, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<StalledAttempt>>(() =>
        {
            var submitted = Rows.All<TransactionAttempt>()
                .Where(a => a.Status == AttemptStatus.Submitted)
                .ToDictionary(a => a.TransactionId, a => a.Number);
            var due = TakeDue(
                t => t.Kind != TransactionKind.Payment && !HasEnded(t.Status) && submitted.ContainsKey(t.Id),
                StalledMax,
                again
            );
            return due.ConvertAll(t => new StalledAttempt(t.Id, submitted[t.Id]));
        });

    public Task<IReadOnlyList<Guid>> DueForOwnersAsync(TimeSpan again, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<Guid>>(() =>
        {
            var held = Rows.All<TransactionAttempt>().Where(a => a.IsInOwnersHands()).Select(a => a.TransactionId).ToHashSet();
            return TakeDue(t => held.Contains(t.Id) && !HasEnded(t.Status), StalledMax, again).ConvertAll(t => t.Id);
        });

    public async Task<IReadOnlyList<StalledAgent>> DueForPreparationAsync(TimeSpan quietFor, CancellationToken cancellationToken)
    {
        var found = await AskAsync(() =>
        {
            var (before, now) = (Database.Clock - quietFor, Database.Clock);
            return (
                from life in Rows.All<AgentLifecycleInstance>()
                let status = StatusOf(life)
                where status is AgentStatus.PendingTokenSignature or AgentStatus.PendingPoolSignature
                where !(life.UpdatedAt >= before && life.UpdatedAt <= now)
                let kind = status == AgentStatus.PendingTokenSignature ? TransactionKind.TokenCreation : TransactionKind.PoolCreation
                where !Of(life.CorrelationId, kind).Any(t => !HasEnded(t.Status))
                where !Rows.All<AgentWakeUp>().Any(w => w.AgentId == life.CorrelationId && w.NextAt > now)
                where !Rows.All<ChainTransaction>().Any(t => t.AgentId == life.CorrelationId && t.SettledAt >= before && t.SettledAt <= now)
                orderby life.UpdatedAt
                select new StalledAgent(life.CorrelationId, status)
            )
                .Take(StalledMax)
                .ToList();
        });
        var claimed = await ClaimWakeUpsAsync([.. found.Select(a => a.AgentId)], cancellationToken);
        return found.FindAll(a => claimed.Contains(a.AgentId));
    }

    public Task<IReadOnlyList<AgentMint>> AbandonedTokensAsync(Guid after, int max, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<AgentMint>>(() =>
            [
                .. (
                    from life in Rows.All<AgentLifecycleInstance>()
                    where StatusOf(life) is AgentStatus.Draft or AgentStatus.Failed && life.TokenMint is null && life.CorrelationId > after
                    where !HasUnread(life, TransactionKind.TokenCreation)
                    join key in Rows.All<EncryptedMintKey>() on life.CorrelationId equals key.AgentId
                    orderby life.CorrelationId
                    select new AgentMint(life.CorrelationId, key.Mint)
                ).Take(max),
            ]
        );

    public Task<IReadOnlyList<Guid>> AbandonedPoolsAsync(Guid after, int max, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<Guid>>(() =>
            [
                .. (
                    from life in Rows.All<AgentLifecycleInstance>()
                    where StatusOf(life) == AgentStatus.Failed && life is { TokenMint: not null, LiquidityPoolAddress: null }
                    where life.CorrelationId > after && Of(life.CorrelationId, TransactionKind.PoolCreation).Any()
                    where !HasUnread(life, TransactionKind.PoolCreation)
                    orderby life.CorrelationId
                    select life.CorrelationId
                ).Take(max),
            ]
        );

    public async Task<IReadOnlySet<Guid>> ClaimWakeUpsAsync(IReadOnlyCollection<Guid> agentIds, CancellationToken cancellationToken)
    {
        var claimed = new HashSet<Guid>();
        foreach (var id in agentIds.Distinct().Order())
        {
            if (await LockAsync((typeof(AgentWakeUp), id), () => Claim(id)))
            {
                claimed.Add(id);
            }
        }
        return claimed;
    }

    public void Add(EncryptedMintKey key) => Rows.Add(key);

    public void ForgetUnsaved() => Rows.Forget();

    public void ForgetOpenings() => Rows.Forget<WalletKeyEvent>(e => e.Kind == KeyEventKind.Opened);

    private bool Claim(Guid agentId)
    {
        var now = Database.Clock;
        if (Rows.Seen<AgentWakeUp>().Where(s => s.Row.AgentId == agentId).ToList() is not [var last])
        {
            Rows.Add(
                new AgentWakeUp
                {
                    AgentId = agentId,
                    WakeUps = 1,
                    NextAt = now + WakeUp.First,
                }
            );
            Rows.Save();
            return true;
        }
        if (last.Row.NextAt > now)
        {
            return false;
        }
        var times = last.Row.NextAt < now - WakeUp.Max ? 0 : last.Row.WakeUps;
        last.Update(row => (row.WakeUps, row.NextAt) = (times + 1, now + Wait(WakeUp.First, times)));
        return true;
    }

    private IEnumerable<ChainTransaction> Of(Guid agentId, TransactionKind kind) =>
        Rows.All<ChainTransaction>().Where(t => t.AgentId == agentId && t.Kind == kind);

    // Has landed, and what it made was never read.
    private bool HasUnread(AgentLifecycleInstance life, TransactionKind kind) =>
        Of(life.CorrelationId, kind).Any(t => t is { Status: TransactionStatus.Finalized, Made: null });

    private static string StatusOf(AgentLifecycleInstance life) => UpperSnakeCase.From(life.CurrentState);

    private async Task<DeployingAgent> DeployingAsync(Agent agent)
    {
        var wallet = await AskAsync(() => Rows.All<DepositWallet>().SingleOrDefault(w => w.TrainingPoolId == agent.TrainingPoolId));
        var mint = await AskAsync(() => Rows.All<EncryptedMintKey>().SingleOrDefault(k => k.AgentId == agent.Id)?.Mint);
        return new DeployingAgent(agent, wallet is null ? null : new WalletAddress(wallet.Id, wallet.Address), mint);
    }
}
