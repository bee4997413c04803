using Clones.Persistence.Access;
using Clones.Persistence.Agents;
using Clones.Persistence.Keys;
using Clones.Persistence.Ledger;
using Clones.Persistence.Messaging;
using Clones.Persistence.Operations;
using Clones.Persistence.Payments;
using Clones.Persistence.Pools;
using Clones.Persistence.Settlement;
using Clones.Persistence.Tokens;
using Clones.Persistence.Wallets;
using Clones.Persistence.Webhooks;
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
    public DbSet<EncryptedMintKey> MintKeys => Set<EncryptedMintKey>();
    public DbSet<WalletKeyEvent> KeyEvents => Set<WalletKeyEvent>();
    public DbSet<UnusableKey> UnusableKeys => Set<UnusableKey>();
    public DbSet<KeySweep> KeySweeps => Set<KeySweep>();
    public DbSet<Token> Tokens => Set<Token>();
    public DbSet<Agent> Agents => Set<Agent>();
    public DbSet<AgentLifecycleInstance> AgentLifecycles => Set<AgentLifecycleInstance>();
    public DbSet<AgentTransition> AgentTransitions => Set<AgentTransition>();
    public DbSet<AgentWakeUp> AgentWakeUps => Set<AgentWakeUp>();
    public DbSet<LifecycleMachine> LifecycleMachines => Set<LifecycleMachine>();
    public DbSet<Operation> Operations => Set<Operation>();
    public DbSet<Payment> Payments => Set<Payment>();
    public DbSet<RewardDecision> RewardDecisions => Set<RewardDecision>();
    public DbSet<ChainTransaction> Transactions => Set<ChainTransaction>();
    public DbSet<TransactionAttempt> TransactionAttempts => Set<TransactionAttempt>();
    public DbSet<ChainLanding> ChainLandings => Set<ChainLanding>();
    public DbSet<WalletMovement> WalletMovements => Set<WalletMovement>();
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
        configurationBuilder.Properties<OperationStatus>().HaveConversion<UpperSnakeCase.EnumConverter<OperationStatus>>();
        configurationBuilder.Properties<PaymentKind>().HaveConversion<UpperSnakeCase.EnumConverter<PaymentKind>>();
        configurationBuilder.Properties<PaymentStatus>().HaveConversion<UpperSnakeCase.EnumConverter<PaymentStatus>>();
        configurationBuilder.Properties<TrainingPoolStatus>().HaveConversion<UpperSnakeCase.EnumConverter<TrainingPoolStatus>>();
        configurationBuilder.Properties<TokenStandard>().HaveConversion<UpperSnakeCase.EnumConverter<TokenStandard>>();
        configurationBuilder.Properties<DeploymentPayer>().HaveConversion<UpperSnakeCase.EnumConverter<DeploymentPayer>>();
        configurationBuilder.Properties<TransactionKind>().HaveConversion<UpperSnakeCase.EnumConverter<TransactionKind>>();
        configurationBuilder.Properties<TransactionStatus>().HaveConversion<UpperSnakeCase.EnumConverter<TransactionStatus>>();
        configurationBuilder.Properties<AttemptStatus>().HaveConversion<UpperSnakeCase.EnumConverter<AttemptStatus>>();
        configurationBuilder.Properties<MovementKind>().HaveConversion<UpperSnakeCase.EnumConverter<MovementKind>>();
        configurationBuilder.Properties<KeyEventKind>().HaveConversion<UpperSnakeCase.EnumConverter<KeyEventKind>>();
        configurationBuilder.Properties<FenceState>().HaveConversion<UpperSnakeCase.EnumConverter<FenceState>>();
        configurationBuilder.Properties<WebhookDeliveryStatus>().HaveConversion<UpperSnakeCase.EnumConverter<WebhookDeliveryStatus>>();
    }
}
