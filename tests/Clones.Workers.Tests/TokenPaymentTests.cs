using Clones.Acceptance;
using Clones.Contracts.Settlement;
using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Clones.Testing;
using Clones.Testing.Hosts;
using Clones.Workers.Commands.Tokens;
using Clones.Workers.Tests.Commands;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Workers.Tests;

public sealed class TokenPaymentTests(SettlementHost host) : IClassFixture<SettlementHost>
{
    private const ulong Sol = 1_000_000_000;

    public static TheoryData<string> TokenPrograms => [TokenProgram.Id.ToString(), TokenProgram.Token2022Id.ToString()];

    [Theory]
    [MemberData(nameof(TokenPrograms))]
    public async Task Tokens_reach_a_wallet_that_had_no_account_for_them(string program)
    {
        var tokenProgram = PublicKey.Parse(program);
        var recipient = PublicKey.Parse(TestKeys.FreshAddress());
        var pool = await host.CreatePoolAsync(Sol);
        var wallet = await host.WithAsync((_, db) => db.DepositWallets.SingleAsync(w => w.TrainingPoolId == pool.Id));
        var mint = await MintToAsync(PublicKey.Parse(wallet.Address), 1_000_000, tokenProgram);

        var first = await PayAsync(pool, wallet.Address, recipient, mint, 400_000);
        var second = await PayAsync(pool, wallet.Address, recipient, mint, 600_000);
        var third = await AcceptAsync(pool, wallet.Address, recipient, mint, 1);
        await host.UntilPaymentAsync(first.Id, PaymentStatus.Completed);
        await host.UntilPaymentAsync(second.Id, PaymentStatus.Completed);

        third.ShouldBeOfType<PaymentAcceptanceResult.MissingTokens>().Available.ShouldBe(0ul);
        var account = AssociatedTokenAccountProgram.FindAddress(recipient, mint, tokenProgram);
        (await host.Rpc.Primary.GetTokenAccountBalanceAsync(account)).Value.Amount.ShouldBe(1_000_000ul);

        // Deposits, transfers, fees and the rent of the recipient's account add up to what the wallet has now.
        var (code, report) = await host.ReconcileAsync();
        code.ShouldBe(0, report);
    }

    [Fact]
    public async Task Tokens_that_came_before_the_books_dealt_in_them_are_in_the_ledger_once_they_do()
    {
        var pool = await host.CreatePoolAsync(Sol);
        var wallet = await host.WithAsync((_, db) => db.DepositWallets.SingleAsync(w => w.TrainingPoolId == pool.Id));
        var mint = await MintToAsync(PublicKey.Parse(wallet.Address), 1_000_000, TokenProgram.Id);
        var slot = await host.Rpc.Primary.GetSlotAsync(Commitment.Finalized);
        // The wallet was named as the owner of the new account, so this is in its own history.
        await PatientWait.UntilAsync(
            async () =>
                await host.WithAsync(
                    (_, db) => db.WalletScans.AnyAsync(s => s.WalletId == wallet.Id && s.Address == wallet.Address && s.Slot >= slot)
                )
                    ? "read"
                    : null,
            "the wallet's history to be read"
        );

        var payment = await PayAsync(pool, wallet.Address, PublicKey.Parse(TestKeys.FreshAddress()), mint, 400_000);
        await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);

        var (code, report) = await host.ReconcileAsync();
        code.ShouldBe(0, report);
    }

    [Theory]
    [InlineData("PAYDEV", "")]
    [InlineData("PAYDEV22", " --name Development")]
    public async Task A_pool_pays_in_a_token_that_a_command_made_and_nobody_edited_code_for(string symbol, string name)
    {
        var folder = Directory.CreateTempSubdirectory("clones-token-payment-");
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["ConnectionStrings:Clones"] = host.Database,
                    ["SOLANA_RPC_URLS"] = host.Rpc.Primary.Endpoint.ToString(),
                    [DevelopmentWallet.Setting] = Path.Combine(folder.FullName, "wallet.json"),
                }
            )
            .Build();
        await RunAsync($"token create --symbol {symbol} --decimals 6 --supply 1000{name}");
        var token = await host.WithAsync((_, db) => db.Tokens.AsNoTracking().SingleAsync(t => t.Symbol == symbol));
        var pool = await host.CreatePoolAsync(Sol, token: token);
        var wallet = await host.WithAsync((_, db) => db.DepositWallets.SingleAsync(w => w.TrainingPoolId == pool.Id));
        await RunAsync($"token mint --symbol {symbol} --amount 2.5 --to {wallet.Address}");
        var recipient = PublicKey.Parse(TestKeys.FreshAddress());
        var mint = PublicKey.Parse(pool.Mint!);

        var payment = await PayAsync(pool, wallet.Address, recipient, mint, 1_500_000);
        await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);

        var account = AssociatedTokenAccountProgram.FindAddress(recipient, mint, PublicKey.Parse(token.TokenProgram!));
        (await host.Rpc.Primary.GetTokenAccountBalanceAsync(account)).Value.Amount.ShouldBe(1_500_000ul);
        folder.Delete(recursive: true);

        async Task RunAsync(string line)
        {
            await using var errors = new StringWriter();
            var code = await TestCommands.RunAsync(line.Split(' '), TextWriter.Null, errors, configuration);
            code.ShouldBe(TokenCommand.Done, errors.ToString());
        }
    }

    private async Task<Payment> PayAsync(TrainingPool pool, string wallet, PublicKey recipient, PublicKey mint, ulong amount)
    {
        var accepted = (await AcceptAsync(pool, wallet, recipient, mint, amount)).ShouldBeOfType<PaymentAcceptanceResult.Accepted>();
        await host.PublishAsync(new PrepareTransactions { TransactionIds = [accepted.TransactionId!.Value] });
        return accepted.Payment;
    }

    private Task<PaymentAcceptanceResult> AcceptAsync(
        TrainingPool pool,
        string wallet,
        PublicKey recipient,
        PublicKey mint,
        ulong amount
    ) =>
        host.WithAsync(
            async (services, db) =>
            {
                var request = new PaymentRequest
                {
                    Kind = PaymentKind.Withdrawal,
                    TrainingPoolId = pool.Id,
                    Recipient = recipient,
                    Mint = mint,
                    Amount = amount,
                    Caller = "api-key:test",
                    IdempotencyKey = Guid.NewGuid().ToString(),
                };
                return await services.GetRequiredService<PaymentService>().AcceptAsync(request, CancellationToken.None);
            }
        );

    private async Task<PublicKey> MintToAsync(PublicKey owner, ulong amount, PublicKey program)
    {
        using var authority = Account.Generate();
        using var mint = Account.Generate();
        await host.FundAsync(authority.PublicKey, Sol);
        var rpc = host.Rpc.Primary;
        var rent = await rpc.GetMinimumBalanceForRentExemptionAsync(MintAccount.Size);
        var blockhash = await rpc.GetLatestBlockhashAsync();
        var account = AssociatedTokenAccountProgram.FindAddress(owner, mint.PublicKey, program);
        var transaction = new TransactionBuilder()
            .SetFeePayer(authority.PublicKey)
            .SetRecentBlockhash(blockhash.Blockhash)
            .AddInstruction(SystemProgram.CreateAccount(authority.PublicKey, mint.PublicKey, rent, MintAccount.Size, program))
            .AddInstruction(TokenProgram.InitializeMint2(mint.PublicKey, 6, authority.PublicKey, null, program))
            .AddInstruction(AssociatedTokenAccountProgram.CreateIdempotent(authority.PublicKey, owner, mint.PublicKey, program))
            .AddInstruction(TokenProgram.MintTo(mint.PublicKey, account, authority.PublicKey, amount, program))
            .Build(authority, mint);
        await rpc.SendTransactionAsync(transaction.Serialize());
        await PatientWait.UntilAsync(
            async () => (await rpc.GetAccountInfoAsync(account)).Value is not null ? "minted" : null,
            "the tokens to be final"
        );
        return mint.PublicKey;
    }
}
