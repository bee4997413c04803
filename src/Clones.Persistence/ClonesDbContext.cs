using Clones.Domain;
using Clones.Domain.Access;
using Clones.Domain.Agents;
using Clones.Domain.Keys;
using Clones.Domain.Ledger;
using Clones.Domain.Operations;
using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Domain.Tokens;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Domain.Webhooks;
using Clones.Messaging;
using Clones.Persistence.Agents;
using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence;

public sealed class ClonesDbContext : DbContext
{
    public ClonesDbContext(DbContextOptions<ClonesDbContext> options)
        : base(options)
    {
        // Each savepoint is a round trip per SaveChanges, and nothing here goes on in a transaction that has failed.
        Database.AutoSavepointsEnabled = false;
    }

    public DbSet<TrainingPool> TrainingPools => Set<TrainingPool>();
    public DbSet<DepositWallet> DepositWallets => Set<DepositWallet>();
    public DbSet<DepositWalletKey> DepositWalletKeys => Set<DepositWalletKey>();
    public DbSet<WalletReservation> WalletReservations => Set<WalletReservation>();

    public DbSet<ReservedTotal> ReservedTotals => Set<ReservedTotal>();
    public DbSet<EncryptedMintKey> MintKeys => Set<EncryptedMintKey>();
    public DbSet<WalletKeyEvent> KeyEvents => Set<WalletKeyEvent>();
    public DbSet<UnusableKey> UnusableKeys => Set<UnusableKey>();
    public DbSet<KeySweep> KeySweeps => Set<KeySweep>();
    public DbSet<Token> Tokens => Set<Token>();
    public DbSet<Agent> Agents => Set<Agent>();
    public DbSet<AgentLifecycleInstance> AgentLifecycles => Set<AgentLifecycleInstance>();
    public DbSet<AgentTransition> AgentTransitions => Set<AgentTransition>();
    public DbSet<AgentToRegister> AgentsToRegister => Set<AgentToRegister>();
    public DbSet<AgentWakeUp> AgentWakeUps => Set<AgentWakeUp>();
    public DbSet<LifecycleMachine> LifecycleMachines => Set<LifecycleMachine>();
    public DbSet<Operation> Operations => Set<Operation>();
    public DbSet<Payment> Payments => Set<Payment>();
    public DbSet<RewardDecision> RewardDecisions => Set<RewardDecision>();
    public DbSet<ChainTransaction> Transactions => Set<ChainTransaction>();
    public DbSet<TransactionAttempt> TransactionAttempts => Set<TransactionAttempt>();
    public DbSet<OnChainTransaction> OnChainTransactions => Set<OnChainTransaction>();
    public DbSet<WalletMovement> WalletMovements => Set<WalletMovement>();
    public DbSet<WalletTotal> WalletTotals => Set<WalletTotal>();
    public DbSet<WalletScan> WalletScans => Set<WalletScan>();
    public DbSet<WalletComparison> WalletComparisons => Set<WalletComparison>();
    public DbSet<SigningFence> SigningFences => Set<SigningFence>();
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();
    public DbSet<SignInChallenge> SignInChallenges => Set<SignInChallenge>();
    public DbSet<SignInSession> SignInSessions => Set<SignInSession>();
    public DbSet<WebhookEndpoint> WebhookEndpoints => Set<WebhookEndpoint>();
    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();
    public DbSet<WebhookAttempt> WebhookAttempts => Set<WebhookAttempt>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(ClonesDbContext).Assembly);
        modelBuilder.AddTransactionalOutboxEntities();
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // A u64 does not fit bigint.
        configurationBuilder.Properties<ulong>().HaveColumnType("numeric(20,0)");
        configurationBuilder.Properties<OperationStatus>().HaveConversion<UpperSnakeCaseConverters.OfEnum<OperationStatus>>();
        configurationBuilder.Properties<PaymentKind>().HaveConversion<UpperSnakeCaseConverters.OfEnum<PaymentKind>>();
        configurationBuilder.Properties<PaymentStatus>().HaveConversion<UpperSnakeCaseConverters.OfEnum<PaymentStatus>>();
        configurationBuilder.Properties<TrainingPoolStatus>().HaveConversion<UpperSnakeCaseConverters.OfEnum<TrainingPoolStatus>>();
        configurationBuilder.Properties<TokenStandard>().HaveConversion<UpperSnakeCaseConverters.OfEnum<TokenStandard>>();
        configurationBuilder.Properties<DeploymentPayer>().HaveConversion<UpperSnakeCaseConverters.OfEnum<DeploymentPayer>>();
        configurationBuilder.Properties<TransactionKind>().HaveConversion<UpperSnakeCaseConverters.OfEnum<TransactionKind>>();
        configurationBuilder.Properties<TransactionStatus>().HaveConversion<UpperSnakeCaseConverters.OfEnum<TransactionStatus>>();
        configurationBuilder.Properties<AttemptStatus>().HaveConversion<UpperSnakeCaseConverters.OfEnum<AttemptStatus>>();
        configurationBuilder.Properties<MovementKind>().HaveConversion<UpperSnakeCaseConverters.OfEnum<MovementKind>>();
        configurationBuilder.Properties<KeyEventKind>().HaveConversion<UpperSnakeCaseConverters.OfEnum<KeyEventKind>>();
        configurationBuilder.Properties<FenceState>().HaveConversion<UpperSnakeCaseConverters.OfEnum<FenceState>>();
        configurationBuilder.Properties<WebhookDeliveryStatus>().HaveConversion<UpperSnakeCaseConverters.OfEnum<WebhookDeliveryStatus>>();
    }
}
