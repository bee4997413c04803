using Clones.Contracts.Agents;
using Clones.Contracts.Deployments;
using Clones.Custody;
using Clones.Domain;
using Clones.Domain.Agents;
using Clones.Domain.Pools;
using Clones.Domain.Transactions;
using Clones.Persistence.Agents;
using Clones.Solana.Primitives;
using Clones.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Settlement.Tests.Deployments;

/// <summary>An owner with a training pool, its deposit wallet and an agent, who signs at home as the API would let them.</summary>
internal sealed class DeployingOwner(DeploymentHost host, Account account, Agent agent, PublicKey wallet, Guid walletId)
{
    public Account Account => account;
    public Agent Agent => agent;
    public PublicKey Wallet => wallet;
    public Guid WalletId => walletId;

    /// <param name="lamports">What the payer gets; 0 leaves it empty.</param>
    /// <param name="keepsRights">To mint and to freeze.</param>
    public static async Task<DeployingOwner> CreateAsync(
        DeploymentHost host,
        ulong lamports = 5_000_000_000,
        TokenStandard standard = TokenStandard.Token2022,
        ulong supply = 1_000_000,
        int decimals = 6,
        int gated = 10,
        ulong liquidityLamports = 500_000_000,
        string status = AgentStatus.PendingTokenSignature,
        DeploymentPayer payer = DeploymentPayer.DepositWallet,
        bool keepsRights = false
    )
    {
        var account = Account.Generate();
        var poolId = Guid.CreateVersion7();
        var agent = SampleAgent.Of(
            supply,
            decimals,
            gated,
            liquidityLamports,
            standard,
            account.PublicKey.ToString(),
            poolId,
            payer: payer,
            keepsMintAuthority: keepsRights,
            hasFreezeAuthority: keepsRights
        );
        var wallet = await host.WithAsync(
            async (services, db) =>
            {
                var made = await services.GetRequiredService<DepositKeyVault>().CreateDepositWalletAsync(poolId, CancellationToken.None);
                db.Add(PoolOf(poolId, account.PublicKey));
                db.Add(made);
                db.Add(agent);
                db.Add(
                    new AgentLifecycleInstance
                    {
                        CorrelationId = agent.Id,
                        CurrentState = UpperSnakeCase.ToPascalCase(status),
                        CreatedAt = DateTimeOffset.UnixEpoch,
                        UpdatedAt = DateTimeOffset.UnixEpoch,
                    }
                );
                await db.SaveChangesAsync();
                return made;
            }
        );
        var address = PublicKey.Parse(wallet.Address);
        if (lamports > 0)
        {
            await host.FundAsync(payer == DeploymentPayer.Owner ? account.PublicKey : address, lamports);
        }

        return new DeployingOwner(host, account, agent, address, wallet.Id);
    }

    public Task AskForTokenAsync() => host.PublishAsync(new PrepareTokenCreation { AgentId = agent.Id });

    public Task AskForPoolAsync() => host.PublishAsync(new PreparePoolCreation { AgentId = agent.Id });

    public Task MoveToAsync(string status) =>
        host.WithAsync(db =>
            db.AgentLifecycles.Where(i => i.CorrelationId == agent.Id)
                .ExecuteUpdateAsync(s => s.SetProperty(i => i.CurrentState, UpperSnakeCase.ToPascalCase(status)))
        );

    public Task<List<ChainTransaction>> TransactionsAsync(TransactionKind kind = TransactionKind.TokenCreation) =>
        host.WithAsync(db =>
            db.Transactions.AsNoTracking()
                .Include(t => t.Attempts.OrderBy(a => a.Number))
                .Where(t => t.AgentId == agent.Id && t.Kind == kind)
                .OrderBy(t => t.CreatedAt)
                .ToListAsync()
        );

    /// <summary>Waits for attempt n to be there to sign.</summary>
    public Task<TransactionAttempt> PreparedAsync(int number = 1, TransactionKind kind = TransactionKind.TokenCreation) =>
        PatientWait.UntilAsync(
            async () =>
                (await TransactionsAsync(kind))
                    .SelectMany(t => t.Attempts)
                    .SingleOrDefault(a => a.Number == number && a.Status == AttemptStatus.Prepared),
            $"attempt {number} to be prepared"
        );

    /// <summary>Signs and submits as the API does after its checks. With another signature: as if those checks had failed.</summary>
    public async Task SubmitAsync(TransactionAttempt prepared, Signature? signature = null)
    {
        var signed = (signature ?? account.Sign(prepared.MessageBytes)).ToString();
        await StoreSignatureAsync(prepared, signed);
        await host.PublishAsync(new CoSignTransaction { TransactionId = prepared.TransactionId, AttemptNumber = prepared.Number });
    }

    public Task StoreSignatureAsync(TransactionAttempt prepared, string signature) =>
        host.WithAsync(db =>
            db.TransactionAttempts.Where(a => a.TransactionId == prepared.TransactionId && a.Number == prepared.Number)
                .ExecuteUpdateAsync(s =>
                    s.SetProperty(a => a.Status, AttemptStatus.Submitted).SetProperty(a => a.OwnerSignature, signature)
                )
        );

    /// <summary>The whole token creation, up to what the lifecycle is told.</summary>
    public async Task<TokenCreationSucceeded> CreateTokenAsync()
    {
        await AskForTokenAsync();
        await SubmitAsync(await PreparedAsync());
        return (await host.OutcomeAsync(agent.Id)).ShouldBeOfType<TokenCreationSucceeded>();
    }

    private static TrainingPool PoolOf(Guid id, PublicKey owner) =>
        new()
        {
            Id = id,
            OwnerAddress = owner.ToString(),
            Name = "A training pool",
            Skills = ["tests"],
            TokenSymbol = "SOL",
            PricePerDemo = 1,
            Status = TrainingPoolStatus.NoFunds,
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch,
        };
}
