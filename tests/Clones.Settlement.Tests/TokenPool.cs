using Clones.Acceptance;
using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Settlement.Tests;

/// <summary>A training pool whose wallet holds SOL and tokens of a mint of its own, and people to be paid in them.</summary>
internal sealed class TokenPool : IAsyncDisposable
{
    private const ulong Sol = 1_000_000_000;
    private const ulong Supply = 1_000_000_000;
    private const ulong Amount = 1_000;

    private readonly SettlementHost host;
    private readonly Account maker;
    private readonly PublicKey mint;
    private readonly IReadOnlyList<PublicKey> people;

    private TokenPool(SettlementHost host, TrainingPool pool, PublicKey wallet, Account maker, PublicKey mint, int people)
    {
        (this.host, Pool, Wallet, this.maker, this.mint) = (host, pool, wallet, maker, mint);
        this.people = [.. Enumerable.Range(0, people).Select(_ => PublicKey.Parse(TestKeys.FreshAddress()))];
    }

    public TrainingPool Pool { get; }

    public PublicKey Wallet { get; }

    /// <summary>The wallet gets one SOL.</summary>
    public static async Task<TokenPool> CreateAsync(SettlementHost host, int people)
    {
        var pool = await host.CreatePoolAsync(Sol);
        var row = await host.WithAsync((_, db) => db.DepositWallets.SingleAsync(w => w.TrainingPoolId == pool.Id));
        var wallet = PublicKey.Parse(row.Address);
        var maker = Account.Generate();
        using var mint = Account.Generate();
        await host.FundAsync(maker.PublicKey, Sol);
        var made = new TokenPool(host, pool, wallet, maker, mint.PublicKey, people);
        await made.SendAsync(
            [mint],
            SystemProgram.CreateAccount(
                maker.PublicKey,
                mint.PublicKey,
                await host.Bystander.GetMinimumBalanceForRentExemptionAsync(MintAccount.Size),
                MintAccount.Size,
                TokenProgram.Id
            ),
            TokenProgram.InitializeMint2(mint.PublicKey, 6, maker.PublicKey, maker.PublicKey, TokenProgram.Id),
            AssociatedTokenAccountProgram.CreateIdempotent(maker.PublicKey, wallet, mint.PublicKey, TokenProgram.Id),
            TokenProgram.MintTo(mint.PublicKey, made.AccountOf(wallet), maker.PublicKey, Supply, TokenProgram.Id)
        );
        return made;
    }

    public ValueTask DisposeAsync()
    {
        maker.Dispose();
        return ValueTask.CompletedTask;
    }

    public async Task MakeAccountsAsync()
    {
        foreach (var some in people.Chunk(6))
        {
            await SendAsync(
                [],
                [.. some.Select(p => AssociatedTokenAccountProgram.CreateIdempotent(maker.PublicKey, p, mint, TokenProgram.Id))]
            );
        }
    }

    /// <summary>Somebody pays lamports to the address that a person's token account will have.</summary>
    public async Task PayToAddressOfAccountAsync(int person) =>
        await SendAsync(
            [],
            SystemProgram.Transfer(
                maker.PublicKey,
                AccountOf(people[person]),
                await host.Bystander.GetMinimumBalanceForRentExemptionAsync(0)
            )
        );

    /// <summary>From now on nobody can pay this person.</summary>
    public Task FreezeAsync(int person) =>
        SendAsync([], TokenProgram.FreezeAccount(AccountOf(people[person]), mint, maker.PublicKey, TokenProgram.Id));

    /// <summary>Accepts a payment for each person, together.</summary>
    /// <param name="keys">Idempotency keys; null: fresh ones.</param>
    public Task<IReadOnlyList<Payment>> PayAllAsync(IReadOnlyList<string>? keys = null) =>
        AcceptAsync(host, [.. people.Select((p, i) => Request(Pool, p, mint, Amount, keys?[i] ?? Guid.NewGuid().ToString()))]);

    /// <summary>Accepts the payment for one person alone.</summary>
    public async Task<Payment> PayAsync(int person, string key) =>
        (await AcceptAsync(host, [Request(Pool, people[person], mint, Amount, key)]))[0];

    /// <param name="but">The person who has nothing.</param>
    public async Task EachShouldHoldAsync(ulong amount, int? but = null)
    {
        for (var i = 0; i < people.Count; i++)
        {
            (await host.Bystander.GetTokenAccountBalanceAsync(AccountOf(people[i]))).Value.Amount.ShouldBe(i == but ? 0 : amount);
        }
        var left = (await host.Bystander.GetTokenAccountBalanceAsync(AccountOf(Wallet))).Value.Amount;
        left.ShouldBe(Supply - amount * (ulong)(people.Count - (but is null ? 0 : 1)));
    }

    public static Task<IReadOnlyList<Payment>> AcceptAsync(SettlementHost host, IReadOnlyList<PaymentRequest> requests) =>
        host.WithAsync<IReadOnlyList<Payment>>(
            async (services, _) =>
                [
                    .. (await services.GetRequiredService<PaymentService>().AcceptAllAsync(requests, CancellationToken.None)).Select(r =>
                        r.ShouldBeOfType<PaymentAcceptanceResult.Accepted>().Payment
                    ),
                ]
        );

    public static PaymentRequest Request(TrainingPool pool, PublicKey recipient, PublicKey? mint, ulong amount, string key) =>
        new()
        {
            Kind = PaymentKind.Withdrawal,
            TrainingPoolId = pool.Id,
            Recipient = recipient,
            Mint = mint,
            Amount = amount,
            Caller = "api-key:test",
            IdempotencyKey = key,
        };

    private PublicKey AccountOf(PublicKey owner) => AssociatedTokenAccountProgram.FindAddress(owner, mint, TokenProgram.Id);

    private async Task SendAsync(Account[] more, params Instruction[] instructions)
    {
        var latest = await host.Bystander.GetLatestBlockhashAsync();
        var transaction = new TransactionBuilder()
            .SetFeePayer(maker.PublicKey)
            .SetRecentBlockhash(latest.Blockhash)
            .AddInstructions(instructions)
            .Build([maker, .. more]);
        await host.Bystander.SendTransactionAsync(transaction.Serialize());
        await PatientWait.UntilAsync(
            async () =>
                (await host.Bystander.GetSignatureStatusesAsync([transaction.Id])).Value[0]
                    is { Succeeded: true, ConfirmationStatus: Commitment.Finalized }
                    ? "final"
                    : null,
            "a transaction of the token's maker to be final"
        );
    }
}
