using Clones.Domain.Ledger;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Settlement.Rules;

namespace Clones.Settlement.Store;

/// <summary>The questions of <see cref="ISettlementWork"/> about one transaction or one wallet.</summary>
public static class SettlementWorkExtensions
{
    /// <returns>Null where there is no such transaction.</returns>
    public static async Task<ChainTransaction?> LockAsync(
        this ISettlementWork work,
        Guid transactionId,
        CancellationToken cancellationToken
    ) => (await work.LockAsync([transactionId], cancellationToken)).SingleOrDefault();

    public static Task<IReadOnlyList<TransactionAttempt>> AttemptsAsync(
        this ISettlementWork work,
        Guid transactionId,
        CancellationToken cancellationToken
    ) => work.AttemptsAsync([transactionId], cancellationToken);

    public static Task<IReadOnlyList<Payment>> PaymentsAsync(
        this ISettlementWork work,
        Guid transactionId,
        CancellationToken cancellationToken
    ) => work.PaymentsAsync([transactionId], cancellationToken);

    public static async Task<string> WalletAddressAsync(this ISettlementWork work, Guid walletId, CancellationToken cancellationToken) =>
        (await work.WalletAddressesAsync([walletId], cancellationToken))[walletId];

    public static async Task<DepositWallet> LockWalletAsync(
        this ISettlementWork work,
        Guid walletId,
        CancellationToken cancellationToken
    ) => (await work.LockWalletsAsync([walletId], cancellationToken)).Single();

    public static Task<IReadOnlyList<WalletReservation>> OpenReservationsAsync(
        this ISettlementWork work,
        Guid transactionId,
        CancellationToken cancellationToken
    ) => work.OpenReservationsAsync([transactionId], cancellationToken);

    public static async Task<SigningPermit> AskFenceAsync(this ISettlementWork work, Guid walletId, CancellationToken cancellationToken) =>
        (await work.AskFenceAsync([walletId], cancellationToken))[walletId];

    public static Task<IReadOnlyList<OnChainTransaction>> OnChainTransactionsAsync(
        this ISettlementWork work,
        Guid walletId,
        IReadOnlyCollection<Guid> names,
        CancellationToken cancellationToken
    ) => work.OnChainTransactionsAsync([walletId], names, cancellationToken);

    public static Task CheckAgainAsync(
        this ISettlementWork work,
        Guid transactionId,
        TimeSpan after,
        CancellationToken cancellationToken
    ) => work.CheckAgainAsync([transactionId], after, cancellationToken);
}
