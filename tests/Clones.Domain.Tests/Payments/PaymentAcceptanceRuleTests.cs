using Clones.Domain.Payments;
using Clones.Domain.Wallets;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using static Clones.Domain.Payments.AcceptanceDecision;

namespace Clones.Domain.Tests.Payments;

public sealed class PaymentAcceptanceRuleTests
{
    private const ulong Fee = PaymentAcceptanceRule.FeeLamportsMax;
    private const ulong Floor = 890_880;
    private static readonly PublicKey Address = PublicKey.Parse(Tests.Address.Fresh());
    private static readonly PublicKey Mint = PublicKey.Parse(Tests.Address.Fresh());

    private static WalletUnderLock Wallet =>
        new()
        {
            Id = Guid.NewGuid(),
            Address = Address,
            SettledSlot = 100,
        };

    [Fact]
    public void What_one_takes_is_gone_for_those_behind_it()
    {
        var decisions = Decide(Wallet, [Ask(6), Ask(6), Ask(4)], tokens: 10);

        Accepted(decisions).ShouldBe([true, false, true]);
        decisions[1].ShouldBe(new Reject(new PaymentAcceptanceResult.MissingTokens(Mint, 6, 4)));
        decisions[0]
            .ShouldBeOfType<Accept>()
            .ShouldSatisfyAllConditions(
                a => (a.Lamports, a.Tokens, a.Slot).ShouldBe((Fee, 6ul, 100ul)),
                a => a.TransactionId.ShouldBe(PaymentAcceptanceRule.TransactionIdOf(Ask(6, key: "0").Request))
            );
    }

    [Fact]
    public void Lamports_pay_the_fee_the_rent_and_what_is_paid_in_SOL_down_to_the_rent_floor()
    {
        var one = Ask(1_000, mint: null);
        Decide(Wallet, [one], lamports: Floor + Fee + 1_000)[0].ShouldBeOfType<Accept>().Lamports.ShouldBe(Fee + 1_000);
        Decide(Wallet, [one], lamports: Floor + Fee + 999)[0]
            .ShouldBe(new Reject(new PaymentAcceptanceResult.MissingLamports(Fee + 1_000, Fee + 999)));
        Decide(Wallet, [Ask(1) is var t ? t with { Recipient = t.Recipient! with { TokenAccountRentLamports = 7 } } : t])[0]
            .ShouldBeOfType<Accept>()
            .Lamports.ShouldBe(Fee + 7);
    }

    [Fact]
    public void Open_reservations_are_taken_off()
    {
        var wallet = Wallet with
        {
            Reserved = new Dictionary<string, UInt128> { [Mint.ToString()] = 5, [AvailableFunds.Lamports] = Fee },
        };

        Decide(wallet, [Ask(5)], tokens: 10, lamports: Floor + 2 * Fee)[0].ShouldBeOfType<Accept>();
        Decide(wallet, [Ask(6)], tokens: 10)[0].ShouldBe(new Reject(new PaymentAcceptanceResult.MissingTokens(Mint, 6, 5)));
        Decide(wallet, [Ask(1)], tokens: 10, lamports: Floor + 2 * Fee - 1)[0]
            .ShouldBe(new Reject(new PaymentAcceptanceResult.MissingLamports(Fee, Fee - 1)));
    }

    [Fact]
    public void A_balance_from_before_the_last_settlement_is_read_again_and_at_the_end_the_nodes_are_said_to_lag()
    {
        var wallet = Wallet with { SettledSlot = 101 };

        Decide(wallet, [Ask(1)])[0].ShouldBe(new ReadAgain(101));
        PaymentAcceptanceRule
            .Decide(wallet, [Ask(1, balance: Balance()), Ask(1, mayWait: true, balance: Balance())], mayReadAgain: false)
            .ShouldBe([new Reject(new PaymentAcceptanceResult.BalanceTooOld(101)), new Wait("chain_unavailable: The nodes lag behind.")]);
    }

    [Fact]
    public void Nothing_is_rejected_and_nothing_waits_by_a_balance_that_is_remembered_or_older_than_the_ledger()
    {
        foreach (var mayWait in (bool[])[false, true])
        {
            Decide(Wallet, [Ask(11, mayWait: mayWait) with { BalanceIsRemembered = true }], tokens: 10)[0].ShouldBe(new ReadAgain(100));
            Decide(Wallet with { LedgerSlot = 105 }, [Ask(11, mayWait: mayWait)], tokens: 10)[0].ShouldBe(new ReadAgain(105));
        }
        Decide(Wallet with { LedgerSlot = 105 }, [Ask(10) with { BalanceIsRemembered = true }], tokens: 10)[0].ShouldBeOfType<Accept>();
    }

    [Fact]
    public void Rewards_wait_behind_those_that_wait_for_the_same_funds_and_withdrawals_do_not()
    {
        var decisions = Decide(
            Wallet,
            [Ask(20, mayWait: true), Ask(1, mayWait: true), Ask(1), Ask(1, kind: PaymentKind.Withdrawal), Ask(1_000, mint: null)],
            tokens: 10
        );

        decisions[0].ShouldBe(new Wait($"insufficient_funds: 20 base units of {Mint} are needed, 10 are available."));
        decisions[1].ShouldBe(new Wait("insufficient_funds: 1 earlier payments wait for the same funds."));
        decisions[2].ShouldBe(new Reject(new PaymentAcceptanceResult.MissingTokens(Mint, 1, 0)));
        Accepted(decisions)[3..].ShouldBe([true, true]);
    }

    [Fact]
    public void A_newcomer_who_insists_is_accepted_where_there_is_enough_for_all_that_wait()
    {
        var wallet = Wallet with { Waiting = new Dictionary<string, WaitingRewards> { [Mint.ToString()] = new(2, 90) } };

        Decide(wallet, [Ask(10)], tokens: 100, lamports: Floor + 3 * Fee)[0].ShouldBeOfType<Accept>();
        Decide(wallet, [Ask(11)], tokens: 100)[0].ShouldBe(new Reject(new PaymentAcceptanceResult.MissingTokens(Mint, 11, 10)));
        Decide(wallet, [Ask(10)], tokens: 100, lamports: Floor + 3 * Fee - 1)[0]
            .ShouldBe(new Reject(new PaymentAcceptanceResult.MissingLamports(Fee, Fee - 1)));
    }

    [Fact]
    public void A_paused_pool_pays_no_reward()
    {
        var wallet = Wallet with { PoolIsPaused = true };
        var poolId = Guid.NewGuid();

        Decide(wallet, [Ask(1, pool: poolId), Ask(1, mayWait: true), Ask(1, kind: PaymentKind.Withdrawal)])
            .ShouldSatisfyAllConditions(
                d => d[0].ShouldBe(new Reject(new PaymentAcceptanceResult.PoolPaused(poolId))),
                d => d[1].ShouldBe(new Wait("pool_paused: The training pool is paused.")),
                d => d[2].ShouldBeOfType<Accept>()
            );
    }

    [Fact]
    public void Where_the_chain_does_not_answer_whoever_may_wait_waits_and_what_needs_no_chain_is_rejected()
    {
        var silent = Ask(1) with { Balance = null, NoAnswer = "No route." };
        var itself = silent with { Request = silent.Request with { Recipient = Address, MayWait = true } };

        PaymentAcceptanceRule
            .Decide(Wallet, [silent, silent with { Request = silent.Request with { MayWait = true } }, itself], true)
            .ShouldBe([
                new Reject(new PaymentAcceptanceResult.ChainUnavailable()),
                new Wait("chain_unavailable: No route."),
                new Reject(new PaymentAcceptanceResult.RecipientRejected("The recipient is the deposit wallet itself.")),
            ]);
    }

    [Fact]
    public void What_stands_on_chain_already_takes_nothing_once_the_balance_shows_it()
    {
        var paid = Ask(50, key: "paid");
        var id = PaymentAcceptanceRule.TransactionIdOf(paid.Request);
        WalletUnderLock Landed(ulong slot) => Wallet with { OnChain = new Dictionary<Guid, ulong> { [id] = slot } };

        Decide(Landed(100), [paid, Ask(10)], tokens: 10)
            .ShouldBe([
                new Accept(id, 0, null, 100),
                new Accept(PaymentAcceptanceRule.TransactionIdOf(Ask(10, key: "1").Request), Fee, 10, 100),
            ]);
        Decide(Landed(101), [paid], tokens: 10)[0].ShouldBe(new ReadAgain(101));
    }

    [Fact]
    public void Of_those_tried_again_whoever_still_waits_makes_those_behind_it_wait_for_the_same_funds()
    {
        var decisions = Decide(Wallet, [Again(20), Again(1), Again(1_000, mint: null), Again(1)], tokens: 10);

        decisions[0].ShouldBe(new Wait($"insufficient_funds: 20 base units of {Mint} are needed, 10 are available."));
        decisions[1].ShouldBe(new Wait("before"));
        decisions[2].ShouldBeOfType<Accept>();
        decisions[3].ShouldBe(new Wait("before"));
        Decide(Wallet, [Again(4), Again(4)], tokens: 10).ShouldAllBe(d => d is Accept);
    }

    private static bool[] Accepted(IReadOnlyList<AcceptanceDecision> decisions) => [.. decisions.Select(d => d is Accept)];

    private static IReadOnlyList<AcceptanceDecision> Decide(
        WalletUnderLock wallet,
        PaymentCandidate[] candidates,
        ulong tokens = 1_000,
        ulong lamports = 1_000_000_000
    ) =>
        PaymentAcceptanceRule.Decide(
            wallet,
            candidates.Select(
                (c, i) =>
                    c with
                    {
                        Balance = Balance(tokens, lamports),
                        Request = c.Request with { IdempotencyKey = c.Request.IdempotencyKey is "" ? $"{i}" : c.Request.IdempotencyKey },
                    }
            ),
            mayReadAgain: true
        );

    private static WalletBalance Balance(ulong tokens = 1_000, ulong lamports = 1_000_000_000) =>
        new(Address, 100, lamports, Floor, new Dictionary<PublicKey, ulong> { [Mint] = tokens });

    private static PaymentCandidate Ask(ulong amount, bool mayWait = false, string key = "", WalletBalance? balance = null) =>
        Ask(amount, Mint, mayWait: mayWait, key: key) with
        {
            Balance = balance,
        };

    private static PaymentCandidate Ask(ulong amount, PaymentKind kind) => Ask(amount, Mint, kind);

    private static PaymentCandidate Ask(ulong amount, Guid pool) => Ask(amount, Mint, pool: pool);

    private static PaymentCandidate Ask(
        ulong amount,
        PublicKey? mint,
        PaymentKind kind = PaymentKind.Reward,
        bool mayWait = false,
        string key = "",
        Guid pool = default
    )
    {
        var recipient = PublicKey.Parse(Tests.Address.Fresh());
        return new PaymentCandidate
        {
            Request = new PaymentRequest
            {
                Kind = kind,
                TrainingPoolId = pool,
                Recipient = recipient,
                Mint = mint,
                Amount = amount,
                Caller = "api-key:test",
                IdempotencyKey = key,
                MayWait = mayWait,
            },
            Recipient = new RecipientOutlook(recipient, mint) { Lamports = Floor, IsWallet = true },
        };
    }

    private static PaymentCandidate Again(ulong amount) => Again(amount, Mint);

    private static PaymentCandidate Again(ulong amount, PublicKey? mint)
    {
        var candidate = Ask(amount, mint);
        return candidate with
        {
            Stored = new Payment
            {
                Id = Guid.NewGuid(),
                Kind = PaymentKind.Reward,
                TrainingPoolId = Guid.Empty,
                WalletId = Guid.Empty,
                Recipient = candidate.Request.Recipient.ToString(),
                Mint = mint?.ToString(),
                Amount = amount,
                Status = PaymentStatus.WaitingForFunds,
                Caller = "api-key:test",
                IdempotencyKey = "",
                RequestHash = [],
                Reason = "before",
                CreatedAt = DateTimeOffset.UnixEpoch,
            },
        };
    }
}
