using Clones.Acceptance;
using Clones.Contracts.Settlement;
using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Domain.Transactions;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Settlement.Tests;

/// <summary>
/// The recipient's token account changes between the simulation and the execution: the workers' nodes lose the bytes meanwhile, and the recipient
/// acts through a node of his own.
/// </summary>
public sealed class TokenAccountMidFlightTests(MidFlightHost host) : IClassFixture<MidFlightHost>, IAsyncLifetime
{
    private const ulong Sol = 1_000_000_000;
    private const ulong Tokens = 1_000_000;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await host.HealAsync();

    [Fact]
    public async Task Row_26_a_token_account_that_its_owner_closes_mid_flight_is_made_again_where_the_wallet_has_the_rent()
    {
        using var recipient = Account.Generate();
        var (pool, wallet, mint) = await PoolWithTokensAsync(recipient, Sol);
        await MakeAccountAsync(recipient, mint);

        var payment = await PayWhileBytesAreLostAsync(pool, wallet, recipient, mint);
        await CloseAccountAsync(recipient, mint);
        await host.HealAsync();
        var completed = await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);

        (await host.LandedAsync(completed)).ShouldBe(1);
        (await TokensOfAsync(recipient.PublicKey, mint)).ShouldBe(400_000ul);
        (await TokensOfAsync(wallet, mint)).ShouldBe(600_000ul);
        var rent = await host.Bystander.GetMinimumBalanceForRentExemptionAsync(TokenAccount.Size);
        await BooksShouldEqualChainAsync(payment, wallet, Sol - await FeeAsync(payment) - rent);
    }

    [Fact]
    public async Task Row_26_a_token_account_that_is_closed_mid_flight_fails_the_payment_cleanly_where_the_wallet_lacks_the_rent()
    {
        using var recipient = Account.Generate();
        var floor = await host.Rpc.Primary.GetMinimumBalanceForRentExemptionAsync(0);
        var lamports = floor + PaymentAcceptanceRule.FeeLamportsMax + 1_000;
        var (pool, wallet, mint) = await PoolWithTokensAsync(recipient, lamports);
        await MakeAccountAsync(recipient, mint);

        var payment = await PayWhileBytesAreLostAsync(pool, wallet, recipient, mint);
        await CloseAccountAsync(recipient, mint);
        await host.HealAsync();
        var failed = await host.UntilPaymentAsync(payment.Id, PaymentStatus.Failed);

        failed.Reason.ShouldNotBeNull().ShouldStartWith("The chain rejected it in slot ");
        (await TokensOfAsync(wallet, mint)).ShouldBe(Tokens);
        await BooksShouldEqualChainAsync(payment, wallet, lamports - await FeeAsync(payment));
    }

    [Fact]
    public async Task Row_26_a_token_account_that_somebody_else_makes_mid_flight_is_used_and_costs_the_wallet_no_rent()
    {
        using var recipient = Account.Generate();
        var (pool, wallet, mint) = await PoolWithTokensAsync(recipient, Sol);

        var payment = await PayWhileBytesAreLostAsync(pool, wallet, recipient, mint);
        await MakeAccountAsync(recipient, mint);
        await host.HealAsync();
        var completed = await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);

        (await host.LandedAsync(completed)).ShouldBe(1);
        (await TokensOfAsync(recipient.PublicKey, mint)).ShouldBe(400_000ul);
        await BooksShouldEqualChainAsync(payment, wallet, Sol - await FeeAsync(payment));
    }

    /// <summary>A pool whose wallet has SOL and tokens, and a recipient with SOL to act for himself.</summary>
    private async Task<(TrainingPool Pool, PublicKey Wallet, PublicKey Mint)> PoolWithTokensAsync(Account recipient, ulong lamports)
    {
        var pool = await host.CreatePoolAsync(lamports);
        var row = await host.WithAsync((_, db) => db.DepositWallets.SingleAsync(w => w.TrainingPoolId == pool.Id));
        var wallet = PublicKey.Parse(row.Address);
        using var mint = Account.Generate();
        await host.FundAsync(recipient.PublicKey, Sol);
        var rent = await host.Bystander.GetMinimumBalanceForRentExemptionAsync(MintAccount.Size);
        await SendAsync(
            recipient,
            [mint],
            SystemProgram.CreateAccount(recipient.PublicKey, mint.PublicKey, rent, MintAccount.Size, TokenProgram.Id),
            TokenProgram.InitializeMint2(mint.PublicKey, 6, recipient.PublicKey, null, TokenProgram.Id),
            AssociatedTokenAccountProgram.CreateIdempotent(recipient.PublicKey, wallet, mint.PublicKey, TokenProgram.Id),
            TokenProgram.MintTo(mint.PublicKey, AccountOf(wallet, mint.PublicKey), recipient.PublicKey, Tokens, TokenProgram.Id)
        );
        return (pool, wallet, mint.PublicKey);
    }

    private Task MakeAccountAsync(Account recipient, PublicKey mint) =>
        SendAsync(
            recipient,
            [],
            AssociatedTokenAccountProgram.CreateIdempotent(recipient.PublicKey, recipient.PublicKey, mint, TokenProgram.Id)
        );

    private Task CloseAccountAsync(Account recipient, PublicKey mint) =>
        SendAsync(
            recipient,
            [],
            TokenProgram.CloseAccount(AccountOf(recipient.PublicKey, mint), recipient.PublicKey, recipient.PublicKey, TokenProgram.Id)
        );

    /// <summary>Accepted, simulated, signed and sent to nodes that lose it.</summary>
    private async Task<Payment> PayWhileBytesAreLostAsync(TrainingPool pool, PublicKey wallet, Account recipient, PublicKey mint)
    {
        await host.FaultsAsync(new { front = 0, drop = 1 });
        await host.FaultsAsync(new { front = 1, drop = 1 });
        var payment = await host.WithAsync(
            async (services, db) =>
            {
                var request = new PaymentRequest
                {
                    Kind = PaymentKind.Withdrawal,
                    TrainingPoolId = pool.Id,
                    Recipient = recipient.PublicKey,
                    Mint = mint,
                    Amount = 400_000,
                    Caller = "api-key:test",
                    IdempotencyKey = Guid.NewGuid().ToString(),
                };
                var result = await services.GetRequiredService<PaymentService>().AcceptAsync(request, CancellationToken.None);
                return result.ShouldBeOfType<PaymentAcceptanceResult.Accepted>().Payment;
            }
        );
        await host.PublishAsync(new PrepareTransactions { TransactionIds = [payment.TransactionId!.Value] });
        await PatientWait.UntilAsync(
            async () => (await host.AttemptsAsync(payment.TransactionId!.Value)) is [{ Status: AttemptStatus.Broadcast }] ? "sent" : null,
            "the bytes to be sent and lost"
        );
        return payment;
    }

    private async Task SendAsync(Account payer, Account[] more, params Instruction[] instructions)
    {
        var latest = await host.Bystander.GetLatestBlockhashAsync();
        var transaction = new TransactionBuilder()
            .SetFeePayer(payer.PublicKey)
            .SetRecentBlockhash(latest.Blockhash)
            .AddInstructions(instructions)
            .Build([payer, .. more]);
        await host.Bystander.SendTransactionAsync(transaction.Serialize());
        await PatientWait.UntilAsync(
            async () =>
                (await host.Bystander.GetSignatureStatusesAsync([transaction.Id])).Value[0]
                    is { Succeeded: true, ConfirmationStatus: Commitment.Finalized }
                    ? "final"
                    : null,
            "the recipient's own transaction to be final"
        );
    }

    private async Task<ulong> FeeAsync(Payment payment) =>
        (await host.AttemptsAsync(payment.TransactionId!.Value)).ShouldHaveSingleItem().FeeLamportsMax;

    private async Task<ulong> TokensOfAsync(PublicKey owner, PublicKey mint) =>
        (await host.Bystander.GetTokenAccountBalanceAsync(AccountOf(owner, mint))).Value.Amount;

    private async Task BooksShouldEqualChainAsync(Payment payment, PublicKey wallet, ulong lamports)
    {
        (await host.Bystander.GetBalanceAsync(wallet)).Value.ShouldBe(lamports);
        var open = await host.WithAsync(
            (_, db) => db.WalletReservations.CountAsync(r => r.WalletId == payment.WalletId && r.ReleasedAt == null)
        );
        open.ShouldBe(0);
    }

    private static PublicKey AccountOf(PublicKey owner, PublicKey mint) =>
        AssociatedTokenAccountProgram.FindAddress(owner, mint, TokenProgram.Id);
}

/// <summary>What is in flight lives 45 s: long enough to do something meanwhile on a busy machine.</summary>
public sealed class MidFlightHost : SettlementHost
{
    protected override int BlockhashAge => 900;
}
