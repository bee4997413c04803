using Clones.Domain.Agents;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Persistence.Agents;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Store;

/// <summary>The same database transaction, with what only deployments ask of it. All times are the database's.</summary>
public interface IDeploymentWork : ISettlementWork
{
    /// <summary>
    /// Keeps the agent in this status until the end: its lifecycle is locked for others' writes, so that a CANCEL meanwhile waits instead of leaving
    /// a prepared transaction behind. The lock on the agent's own row makes two preparations of one agent follow each other.
    /// </summary>
    /// <param name="agentId">Whose.</param>
    /// <param name="status">See <see cref="Contracts.Agents.AgentStatus"/>; null takes any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>As it is under the lock, not tracked; null where the agent is elsewhere by now.</returns>
    Task<(DeployingAgent Agent, AgentLifecycleInstance Life)?> LockAgentAsync(
        Guid agentId,
        string? status,
        CancellationToken cancellationToken
    );

    /// <summary>The same without locks; null where there is none.</summary>
    Task<DeployingAgent?> FindAgentAsync(Guid agentId, CancellationToken cancellationToken);

    /// <summary>The agent's transaction of this kind that has neither failed nor been cancelled, locked, with its attempts; null where there is none.</summary>
    Task<ChainTransaction?> LockOpenAsync(Guid agentId, TransactionKind kind, CancellationToken cancellationToken);

    /// <summary>Of every transaction of this kind that the agent has or had.</summary>
    Task<IReadOnlyList<Guid>> TransactionIdsAsync(Guid agentId, TransactionKind kind, CancellationToken cancellationToken);

    /// <summary>The attempts of all of them, the latest first, not tracked.</summary>
    Task<IReadOnlyList<TransactionAttempt>> AttemptsOfAgentAsync(Guid agentId, TransactionKind kind, CancellationToken cancellationToken);

    /// <summary>Whether the lifecycle has accepted a failure of this transaction.</summary>
    Task<bool> HasFailedByAsync(Guid agentId, Guid transactionId, CancellationToken cancellationToken);

    /// <inheritdoc cref="Persistence.Wallets.WalletLedger.ReserveAsync"/>
    Task<WalletReservationResult> ReserveAsync(
        DepositWallet wallet,
        Guid transactionId,
        WalletBalance balance,
        UInt128 lamports,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Attempts that their owners have signed and that wait for our signatures: each is given out once in <paramref name="again"/> (which doubles
    /// while nothing comes of it, see <see cref="WakeUp"/>).
    /// </summary>
    Task<IReadOnlyList<StalledAttempt>> DueForCoSigningAsync(TimeSpan again, CancellationToken cancellationToken);

    /// <summary>
    /// Settled transactions of deployments whose reservations are still open: the message that closes them was lost, or has ended in the error queue.
    /// None of them is due again for a while, which doubles each time.
    /// </summary>
    Task<IReadOnlyList<ChainTransaction>> DueForClosingAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Transactions in the hands of owners who pay: each is looked for again after <paramref name="again"/>, whether or not it was handed in; later,
    /// while nobody gets to look.
    /// </summary>
    Task<IReadOnlyList<Guid>> DueForOwnersAsync(TimeSpan again, CancellationToken cancellationToken);

    /// <summary>
    /// Agents that wait for a signature while there is nothing to sign: what was to be prepared never was, or what has landed was never
    /// told. What is noted by a clock that is ahead counts as long ago: it would be waited for otherwise.
    /// </summary>
    /// <param name="quietFor">How long the agent has been as it is.</param>
    /// <param name="cancellationToken">Stops the query.</param>
    /// <returns>Those that are <see cref="ClaimWakeUpsAsync">claimed</see> by this call.</returns>
    Task<IReadOnlyList<StalledAgent>> DueForPreparationAsync(TimeSpan quietFor, CancellationToken cancellationToken);

    /// <summary>Agents whose token creation was abandoned (DRAFT, FAILED) and that have a mint, in the order of their ids.</summary>
    /// <param name="after">Only those behind it.</param>
    /// <param name="max">No more than so many.</param>
    /// <param name="cancellationToken">Stops the query.</param>
    Task<IReadOnlyList<AgentMint>> AbandonedTokensAsync(Guid after, int max, CancellationToken cancellationToken);

    /// <summary>The same for FAILED pool creations that were once begun.</summary>
    Task<IReadOnlyList<Guid>> AbandonedPoolsAsync(Guid after, int max, CancellationToken cancellationToken);

    /// <inheritdoc cref="AgentWakeUpRows.ClaimWakeUpsAsync"/>
    Task<IReadOnlySet<Guid>> ClaimWakeUpsAsync(IReadOnlyCollection<Guid> agentIds, CancellationToken cancellationToken);

    void Add(EncryptedMintKey key);

    /// <summary>Drops every change that is not saved. Rows that were handed out are no longer tracked; the locks stay.</summary>
    void ForgetUnsaved();

    /// <summary>Where one of two keys has opened and no signature of it is stored, no opening is either. Nothing else is dropped.</summary>
    void ForgetOpenings();
}

/// <param name="Wallet">The deposit wallet of its training pool; null before it is made.</param>
/// <param name="Mint">Address of the agent's token; null before its key is made.</param>
public sealed record DeployingAgent(Agent Agent, WalletAddress? Wallet, string? Mint);

public sealed record WalletAddress(Guid Id, string Address);

public sealed record StalledAttempt(Guid TransactionId, int Number);

/// <param name="Status">See <see cref="Contracts.Agents.AgentStatus"/>.</param>
public sealed record StalledAgent(Guid AgentId, string Status);

public sealed record AgentMint(Guid AgentId, string Mint);
