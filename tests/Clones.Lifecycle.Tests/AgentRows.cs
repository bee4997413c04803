using System.Globalization;
using Clones.Contracts.Agents;
using Clones.Domain;
using Clones.Domain.Agents;
using Clones.Domain.Operations;
using Clones.Domain.Pools;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Persistence.Agents;

namespace Clones.Lifecycle.Tests;

/// <summary>An agent in the database at some point of its life, with all that its foreign keys want.</summary>
internal sealed class AgentRows
{
    public const string TokenSignature = "token-signature";
    public const string PoolSignature = "pool-signature";

    /// <summary>Any number of rows may lie behind: what comes next is one more.</summary>
    public const long SequenceBefore = 7;
    public const int FailuresBefore = 2;
    public const ulong LastValidBlockHeight = 1_000;

    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly List<object> rows = [];
    private readonly Guid walletId = Guid.CreateVersion7();

    /// <param name="status">Null: the API has stored the agent, its lifecycle has not begun.</param>
    public AgentRows(string? status, bool tokenExists = false)
    {
        var poolId = Guid.CreateVersion7();
        var name = poolId.ToString("n", CultureInfo.InvariantCulture);
        rows.Add(
            new TrainingPool
            {
                Id = poolId,
                OwnerAddress = "owner",
                Name = name,
                Skills = [],
                TokenSymbol = "DEV",
                PricePerDemo = 1,
                Status = TrainingPoolStatus.Live,
                CreatedAt = Start,
                UpdatedAt = Start,
            }
        );
        rows.Add(
            new DepositWallet
            {
                Id = walletId,
                TrainingPoolId = poolId,
                Address = name,
                Key = new DepositWalletKey { EncryptedPrivateKey = "none" },
                CreatedAt = Start,
            }
        );
        rows.Add(
            new Agent
            {
                Id = Id,
                TrainingPoolId = poolId,
                OwnerAddress = "owner",
                Name = "An agent",
                Ticker = "AGENT",
                Description = "An agent of the tests",
                Supply = 1000,
                Decimals = 0,
                MinimumLiquidityLamports = 1,
                GatedPercentage = 0,
                CreatedAt = Start,
                UpdatedAt = Start,
            }
        );
        if (status is not null)
        {
            rows.Add(Instance(status, tokenExists));
        }
    }

    public Guid Id { get; } = Guid.CreateVersion7();

    public Guid TransactionId { get; } = Guid.CreateVersion7();

    /// <summary>For agents that have one of each kind.</summary>
    public Guid PoolTransactionId { get; } = Guid.CreateVersion7();

    public IReadOnlyList<object> All => rows;

    /// <summary>A transaction of the agent with one attempt, whose lamports are reserved.</summary>
    /// <param name="made">What the workers have read of it from the finalized chain.</param>
    public AgentRows With(
        TransactionKind kind,
        TransactionStatus status,
        AttemptStatus attempt,
        Guid? id = null,
        DeploymentMade? made = null,
        DeploymentPayer payer = DeploymentPayer.DepositWallet
    )
    {
        var transaction = new ChainTransaction
        {
            Id = id ?? TransactionId,
            Kind = kind,
            Status = status,
            WalletId = walletId,
            AgentId = Id,
            AttemptNumber = 1,
            Made = made?.ToJson(),
            CreatedAt = Start,
        };
        transaction.Attempts.Add(
            new TransactionAttempt
            {
                TransactionId = transaction.Id,
                Number = 1,
                Status = attempt,
                Payer = payer,
                MessageBytes = [1],
                Blockhash = "blockhash",
                LastValidBlockHeight = LastValidBlockHeight,
                ContextSlot = 1,
                GenesisHash = "genesis",
                FeeLamportsMax = 5000,
                CreatedAt = Start,
            }
        );
        rows.Add(transaction);
        rows.Add(
            new WalletReservation
            {
                Id = Guid.CreateVersion7(),
                WalletId = walletId,
                TransactionId = transaction.Id,
                Amount = 5000,
                CreatedAt = Start,
            }
        );
        return this;
    }

    /// <summary>What stands behind the success that <see cref="AgentEvents"/> tells of this agent: finalized, read and found as promised.</summary>
    public AgentRows Behind(string @event, Guid? id = null, DeploymentMade? made = null) =>
        AgentEvents.MadeBy(@event) is var (kind, usual)
            ? With(kind, TransactionStatus.Finalized, AttemptStatus.Finalized, id, made ?? usual)
            : this;

    /// <summary>The same for an agent that is stored already: the rows to store beside it.</summary>
    public IReadOnlyList<object> NewlyBehind(string @event, Guid transactionId, DeploymentMade? made = null)
    {
        var before = rows.Count;
        Behind(@event, transactionId, made);
        return [.. rows.Skip(before)];
    }

    /// <summary>An operation that waits for the answer to an event.</summary>
    public Guid Asking(string @event)
    {
        var id = Guid.CreateVersion7();
        rows.Add(NewOperation(id, @event));
        return id;
    }

    public Operation NewOperation(Guid id, string @event) =>
        new()
        {
            Id = id,
            Kind = @event,
            Status = OperationStatus.Pending,
            Caller = "wallet:owner",
            AgentId = Id,
            CreatedAt = Start,
        };

    private AgentLifecycleInstance Instance(string status, bool tokenExists)
    {
        var hasPool = status is AgentStatus.Deployed or AgentStatus.Deactivated;
        return new AgentLifecycleInstance
        {
            CorrelationId = Id,
            CurrentState = UpperSnakeCase.ToPascalCase(status),
            Version = 1,
            Sequence = SequenceBefore,
            LastError = "the error before",
            ConsecutiveFailures = FailuresBefore,
            TokenMint = tokenExists ? "mint" : null,
            TokenSignature = tokenExists ? TokenSignature : null,
            TokenSlot = tokenExists ? 10UL : null,
            LiquidityPoolAddress = hasPool ? "pool" : null,
            LiquidityPoolSignature = hasPool ? PoolSignature : null,
            LiquidityPoolSlot = hasPool ? 20UL : null,
            CreatedAt = Start,
            UpdatedAt = Start,
        };
    }
}
