using Clones.Contracts.Agents;
using Clones.Contracts.Deployments;
using Clones.Custody;
using Clones.Domain;
using Clones.Domain.Agents;
using Clones.Domain.Operations;
using Clones.Domain.Pools;
using Clones.Domain.Transactions;
using Clones.Persistence.Agents;
using Clones.Settlement.Rules;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Settlement.Tests.Deployments.Faults;

/// <summary>An agent on its way through the real lifecycle, and its owner, who signs at home and does what the API lets them do.</summary>
/// <param name="payer">The wallet that pays: the deposit wallet or the owner's.</param>
internal sealed class FaultyDeployment(DeploymentFaultHost host, Account owner, Agent agent, PublicKey payer)
{
    private const string Actor = "wallet:test";

    public Guid AgentId => agent.Id;
    public Account Owner => owner;
    public PublicKey Payer => payer;

    /// <summary>In DRAFT, with a funded payer; the other wallet is empty.</summary>
    public static async Task<FaultyDeployment> CreateAsync(
        DeploymentFaultHost host,
        DeploymentPayer payer = DeploymentPayer.DepositWallet,
        TokenStandard standard = TokenStandard.Token2022,
        ulong lamports = 5_000_000_000
    )
    {
        var owner = Account.Generate();
        var pool = new TrainingPool
        {
            Id = Guid.CreateVersion7(),
            OwnerAddress = owner.PublicKey.ToString(),
            Name = "A training pool",
            Skills = [],
            TokenSymbol = "SOL",
            PricePerDemo = 1,
            Status = TrainingPoolStatus.NoFunds,
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch,
        };
        var agent = SampleAgent.Of(owner: owner.PublicKey.ToString(), poolId: pool.Id, payer: payer, standard: standard);
        var address = await host.WithAsync(
            async (services, db) =>
            {
                var made = await services.GetRequiredService<DepositKeyVault>().CreateDepositWalletAsync(pool.Id, CancellationToken.None);
                db.AddRange(pool, made, agent);
                db.Add(
                    new AgentLifecycleInstance
                    {
                        CorrelationId = agent.Id,
                        CurrentState = UpperSnakeCase.ToPascalCase(AgentStatus.Draft),
                        CreatedAt = DateTimeOffset.UnixEpoch,
                        UpdatedAt = DateTimeOffset.UnixEpoch,
                    }
                );
                await db.SaveChangesAsync();
                return made.Address;
            }
        );
        var wallet = payer == DeploymentPayer.Owner ? owner.PublicKey : PublicKey.Parse(address);
        if (lamports > 0)
        {
            await host.FundAsync(wallet, lamports);
        }
        return new FaultyDeployment(host, owner, agent, wallet);
    }

    /// <summary>Up to an attempt that waits for the owner.</summary>
    public async Task<TransactionAttempt> AskAsync(TransactionKind kind)
    {
        await CommandAsync(kind);
        return await PreparedAsync(kind, 1);
    }

    public Task CommandAsync(TransactionKind kind) =>
        kind == TransactionKind.TokenCreation
            ? host.PublishAsync(new InitiateDeployment { AgentId = agent.Id, Actor = Actor })
            : host.PublishAsync(new InitiatePoolCreation { AgentId = agent.Id, Actor = Actor });

    /// <summary>Asks for the transaction (again), as a GET of the owner does.</summary>
    public Task RenewAsync(TransactionKind kind) =>
        kind == TransactionKind.TokenCreation
            ? host.PublishAsync(new PrepareTokenCreation { AgentId = agent.Id })
            : host.PublishAsync(new PreparePoolCreation { AgentId = agent.Id });

    public Task CancelAsync() => host.PublishAsync(new CancelDeployment { AgentId = agent.Id, Actor = Actor });

    /// <summary>The same by an operation whose answer is waited for, as the API does it.</summary>
    public async Task<Operation> AskToCancelAsync()
    {
        var operation = new Operation
        {
            Id = Guid.CreateVersion7(),
            Kind = AgentEvent.Cancel,
            Status = OperationStatus.Pending,
            Caller = Actor,
            AgentId = agent.Id,
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
        await host.WithAsync(
            (_, db) =>
            {
                db.Add(operation);
                return db.SaveChangesAsync();
            }
        );
        await host.PublishAsync(
            new CancelDeployment
            {
                AgentId = agent.Id,
                OperationId = operation.Id,
                Actor = Actor,
            }
        );
        return await PatientWait.UntilAsync(
            () =>
                host.WithAsync(
                    (_, db) =>
                        db.Operations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == operation.Id && o.Status != OperationStatus.Pending)
                ),
            "CANCEL to be answered"
        );
    }

    /// <summary>
    /// The database as it is after a restore, or after a node has lied to the expiry proof: what is in the owner's hands counts as expired, its
    /// transaction as cancelled, and the agent is put back. The chain knows nothing of it.
    /// </summary>
    public Task GiveUpInTheBooksAsync(TransactionAttempt prepared, string status) =>
        host.WithAsync(
            async (_, db) =>
            {
                await db
                    .TransactionAttempts.Where(a => a.TransactionId == prepared.TransactionId && a.Number == prepared.Number)
                    .ExecuteUpdateAsync(s => s.SetProperty(a => a.Status, AttemptStatus.Expired));
                await db
                    .Transactions.Where(t => t.Id == prepared.TransactionId)
                    .ExecuteUpdateAsync(s => s.SetProperty(t => t.Status, Domain.Transactions.TransactionStatus.Cancelled));
                return await db
                    .AgentLifecycles.Where(l => l.CorrelationId == agent.Id)
                    .ExecuteUpdateAsync(s => s.SetProperty(l => l.CurrentState, UpperSnakeCase.ToPascalCase(status)));
            }
        );

    public Task<List<AgentTransition>> HistoryAsync() =>
        host.WithAsync(
            (_, db) => db.AgentTransitions.AsNoTracking().Where(t => t.AgentId == agent.Id).OrderBy(t => t.Sequence).ToListAsync()
        );

    public Task RetryAsync() => host.PublishAsync(new RetryDeployment { AgentId = agent.Id, Actor = Actor });

    public Task<TransactionAttempt> PreparedAsync(TransactionKind kind, int number) =>
        PatientWait.UntilAsync(
            async () => (await AttemptsAsync(kind)).SingleOrDefault(a => a.Number == number && a.Status == AttemptStatus.Prepared),
            $"attempt {number} of {kind} to be prepared"
        );

    /// <summary>Signs and submits as the API does after its checks.</summary>
    public async Task SignAsync(TransactionAttempt prepared, int times = 1)
    {
        var signature = owner.Sign(prepared.MessageBytes).ToString();
        await host.WithAsync(
            (_, db) =>
                db
                    .TransactionAttempts.Where(a => a.TransactionId == prepared.TransactionId && a.Number == prepared.Number)
                    .ExecuteUpdateAsync(s =>
                        s.SetProperty(a => a.Status, AttemptStatus.Submitted).SetProperty(a => a.OwnerSignature, signature)
                    )
        );
        for (var i = 0; i < times; i++)
        {
            await host.PublishAsync(new CoSignTransaction { TransactionId = prepared.TransactionId, AttemptNumber = prepared.Number });
        }
    }

    /// <summary>Signs what was prepared and sends it to the cluster without handing it in, as a wallet with a button of its own does.</summary>
    public Task SendAroundUsAsync(TransactionAttempt prepared)
    {
        var signed = prepared.ToSign();
        signed.Sign(owner);
        return host.Bystander.SendTransactionAsync(signed.Serialize(), skipPreflight: true);
    }

    /// <summary>A stranger gives the payer a lamport, with the memo of an attempt beside it.</summary>
    public async Task SendMemoAsync(Account stranger, TransactionAttempt of)
    {
        var latest = await host.Bystander.GetLatestBlockhashAsync();
        var gift = new TransactionBuilder()
            .SetFeePayer(stranger.PublicKey)
            .SetRecentBlockhash(latest.Blockhash)
            .AddInstruction(SystemProgram.Transfer(stranger.PublicKey, payer, 1))
            .AddInstruction(MemoProgram.Write(TransactionMemo.Of(of.TransactionId, of.Number)))
            .Build(stranger);
        await host.Bystander.SendTransactionAsync(gift.Serialize());
        await LandedAsync(of);
    }

    /// <summary>Waits until the chain shows it, executed or rejected.</summary>
    public Task LandedAsync(TransactionAttempt sent) =>
        PatientWait.UntilAsync(
            async () =>
                (await host.Bystander.GetSignaturesForAddressAsync(payer, commitment: Commitment.Finalized)).FirstOrDefault(e =>
                    TransactionMemo.Mentions(e.Memo, sent.TransactionId)
                ),
            "what was sent around us to be final"
        );

    /// <summary>The same where a node may reject it at once.</summary>
    public async Task TrySendAroundUsAsync(TransactionAttempt prepared)
    {
        try
        {
            await SendAroundUsAsync(prepared);
        }
        catch (RpcException)
        {
            // It is too old: a node may say so, or drop it in silence.
        }
    }

    /// <summary>Waits until the chain shows it at confirmed.</summary>
    public Task SeenAsync(TransactionAttempt sent) =>
        PatientWait.UntilAsync(
            async () =>
                (await host.Bystander.GetSignaturesForAddressAsync(payer, commitment: Commitment.Confirmed)).FirstOrDefault(e =>
                    TransactionMemo.Mentions(e.Memo, sent.TransactionId)
                ),
            "what was sent around us to be seen"
        );

    public async Task<PublicKey> MintAsync() =>
        PublicKey.Parse(await host.WithAsync((_, db) => db.MintKeys.Where(k => k.AgentId == agent.Id).Select(k => k.Mint).SingleAsync()));

    public Task<ChainTransaction> TransactionAsync(Guid id) =>
        host.WithAsync((_, db) => db.Transactions.AsNoTracking().SingleAsync(t => t.Id == id));

    /// <summary>The owner spends everything but this.</summary>
    public async Task LeaveOwnerAsync(ulong lamports)
    {
        var balance = (await host.Bystander.GetBalanceAsync(owner.PublicKey)).Value;
        var latest = await host.Bystander.GetLatestBlockhashAsync();
        var spend = new TransactionBuilder()
            .SetFeePayer(owner.PublicKey)
            .SetRecentBlockhash(latest.Blockhash)
            .AddInstruction(SystemProgram.Transfer(owner.PublicKey, Account.Generate().PublicKey, balance - lamports - 5_000))
            .Build(owner);
        await host.Bystander.SendTransactionAsync(spend.Serialize());
        await PatientWait.UntilAsync(
            async () => (await host.Bystander.GetBalanceAsync(owner.PublicKey)).Value == lamports ? "spent" : null,
            "the owner to have spent it"
        );
    }

    /// <summary>Has the owner's wallet looked at, as the sweeper does from time to time.</summary>
    public Task LookAsync(TransactionAttempt prepared) =>
        host.PublishAsync(new ReadOwnerTransaction { TransactionId = prepared.TransactionId });

    public Task<TransactionAttempt> UntilAttemptAsync(TransactionKind kind, AttemptStatus status) =>
        PatientWait.UntilAsync(
            async () => (await AttemptsAsync(kind)).LastOrDefault(a => a.Status == status),
            $"an attempt of {kind} to be {status}"
        );

    /// <summary>Signs it, or what is prepared in its place where it has expired meanwhile.</summary>
    public async Task SignOrRenewAsync(TransactionAttempt prepared)
    {
        await RenewAsync(TransactionKind.TokenCreation);
        await SignAsync(
            await PatientWait.UntilAsync(
                async () =>
                {
                    var height = await host.Bystander.GetBlockHeightAsync(Commitment.Confirmed);
                    return (await AttemptsAsync(TransactionKind.TokenCreation)).LastOrDefault(a =>
                        a.Status == AttemptStatus.Prepared && (a.Number > prepared.Number || height + 20 < a.LastValidBlockHeight)
                    );
                },
                "something to sign"
            )
        );
    }

    /// <summary>Successes that the payer paid for and that bear a memo, whatever the database knows of them.</summary>
    public async Task<int> SuccessesOnChainAsync() =>
        (await host.Bystander.GetSignaturesForAddressAsync(payer, commitment: Commitment.Confirmed)).Count(e =>
            e.Err is null && e.Memo is not null
        );

    public Task<AgentLifecycleInstance> UntilAsync(string status) =>
        PatientWait.UntilAsync(
            () =>
                host.WithAsync(
                    (_, db) =>
                        db
                            .AgentLifecycles.AsNoTracking()
                            .FirstOrDefaultAsync(i => i.CorrelationId == agent.Id && i.CurrentState == UpperSnakeCase.ToPascalCase(status))
                ),
            $"the agent to be {status}"
        );

    public Task<List<TransactionAttempt>> AttemptsAsync(TransactionKind kind) =>
        host.WithAsync(
            (_, db) =>
                db
                    .TransactionAttempts.AsNoTracking()
                    .Where(a => db.Transactions.Any(t => t.Id == a.TransactionId && t.AgentId == agent.Id && t.Kind == kind))
                    .OrderBy(a => a.CreatedAt)
                    .ToListAsync()
        );

    /// <summary>Waits for the end that the fault must not change, and counts on the chain itself.</summary>
    public async Task ShouldHaveLandedOnceAsync(TransactionKind kind)
    {
        var isToken = kind == TransactionKind.TokenCreation;
        var life = await UntilAsync(isToken ? AgentStatus.TokenCreated : AgentStatus.Deployed);
        var made = PublicKey.Parse((isToken ? life.TokenMint : life.LiquidityPoolAddress).ShouldNotBeNull());
        (await host.Bystander.GetAccountInfoAsync(made)).Value.ShouldNotBeNull();
        var ids = await host.WithAsync(
            (_, db) => db.Transactions.Where(t => t.AgentId == agent.Id && t.Kind == kind).Select(t => t.Id).ToListAsync()
        );
        var history = await host.Bystander.GetSignaturesForAddressAsync(payer, commitment: Commitment.Confirmed);
        history
            .Count(e => e.Err is null && ids.Exists(id => TransactionMemo.Mentions(e.Memo, id)))
            .ShouldBe(1, $"transactions of {kind} on chain by their memos");
        (await host.WithAsync((_, db) => db.MintKeys.CountAsync(k => k.AgentId == agent.Id))).ShouldBe(1);
        (await AttemptsAsync(kind)).Count(a => a.Status == AttemptStatus.Finalized).ShouldBe(1);
        (
            await host.WithAsync((_, db) => db.WalletReservations.CountAsync(r => ids.Contains(r.TransactionId) && r.ReleasedAt == null))
        ).ShouldBe(0);
    }
}
