using Clones.Chaos.Audit;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;

namespace Clones.Chaos.Tests;

/// <summary>An audit that cannot fail proves nothing: each broken promise is planted, and must be named.</summary>
public sealed class ChaosAuditTests
{
    private readonly Evidence good = SmallWorld.Evidence();

    [Fact]
    public void Three_accounts_that_agree_have_no_findings() => ChaosAudit.Of(good).ShouldBeEmpty();

    [Fact]
    public void A_payment_made_twice_is_found()
    {
        var wallet = good.Wallets[0];
        var twice = SmallWorld.Entry(7, SmallWorld.Sol, -5_700, 5_000);
        ShouldFind(
            good with
            {
                Wallets = [wallet with { History = [.. wallet.History, twice], Lamports = wallet.Lamports - 5_700 }, good.Wallets[1]],
            },
            "succeeded on chain 2 times"
        );
    }

    [Fact]
    public void A_payment_that_the_books_call_complete_and_the_chain_does_not_know_is_found()
    {
        var wallet = good.Wallets[0];
        ShouldFind(
            good with
            {
                Wallets =
                [
                    wallet with
                    {
                        History = [.. wallet.History.Where(e => e.TransactionId != SmallWorld.Sol)],
                        Lamports = wallet.Lamports + 5_700,
                    },
                    good.Wallets[1],
                ],
            },
            "succeeded on chain 0 times"
        );
    }

    [Fact]
    public void A_payment_that_stands_on_chain_alone_and_in_a_batch_is_found()
    {
        var wallet = good.Wallets[0];
        var twice = SmallWorld.Entry(7, SmallWorld.Agent, -6_400, 5_000, tags: [SmallWorld.Sol, SmallWorld.Failed]);
        var planted = good with { Wallets = [wallet with { History = [.. wallet.History, twice] }, good.Wallets[1]] };

        ShouldFind(planted, $"is Completed in {SmallWorld.Sol} and its tag stands on chain in 2 transactions");
        ShouldFind(planted, $"is Failed in {SmallWorld.Failed} and its tag stands on chain in 1 transactions");
    }

    [Fact]
    public void A_failed_payment_that_landed_is_found()
    {
        var wallet = good.Wallets[0];
        ShouldFind(
            good with
            {
                Wallets =
                [
                    wallet with
                    {
                        History = [.. wallet.History, SmallWorld.Entry(8, SmallWorld.Failed, -5_900, 5_000)],
                        Lamports = wallet.Lamports - 5_900,
                    },
                    good.Wallets[1],
                ],
            },
            "is Failed and its memo succeeded"
        );
    }

    [Fact]
    public void A_memo_that_the_books_do_not_know_is_found()
    {
        var wallet = good.Wallets[0];
        ShouldFind(
            good with
            {
                Wallets =
                [
                    wallet with
                    {
                        History = [.. wallet.History, SmallWorld.Entry(9, Guid.Empty, -5_000, 5_000)],
                        Lamports = wallet.Lamports - 5_000,
                    },
                    good.Wallets[1],
                ],
            },
            "which the database does not know"
        );
    }

    [Fact]
    public void An_accepted_payment_that_is_in_no_book_is_found() =>
        ShouldFind(
            good with
            {
                Accepted = new Dictionary<int, Guid>(good.Accepted) { [0] = Guid.NewGuid() },
            },
            "the database has no payment for it"
        );

    [Fact]
    public void A_payment_that_nobody_ordered_is_found() =>
        ShouldFind(good with { Orders = [.. good.Orders.Skip(1)] }, "nobody has ordered");

    [Fact]
    public void A_payment_without_an_end_is_found()
    {
        var payment = SmallWorld.WithStatus(good.Database.Payments[0], PaymentStatus.Unresolved);
        ShouldFind(
            good with
            {
                Database = good.Database with { Payments = [payment, .. good.Database.Payments.Skip(1)] },
            },
            "is Unresolved"
        );
    }

    [Fact]
    public void A_failure_without_a_reason_is_found()
    {
        good.Database.Payments[2].Reason = null;
        ShouldFind(good, "is Failed ()");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_completion_that_others_heard_of_not_exactly_once_is_found(int times) =>
        ShouldFind(
            good with
            {
                Told = new Dictionary<Guid, int>(good.Told) { [good.Database.Payments[0].Id] = times },
            },
            $"was told complete {times} times"
        );

    [Fact]
    public void A_wrong_amount_is_found()
    {
        var wallet = good.Wallets[1];
        ShouldFind(
            good with
            {
                Wallets =
                [
                    good.Wallets[0],
                    wallet with
                    {
                        History =
                        [
                            .. wallet.History.Select(e =>
                                e.TransactionId == SmallWorld.Token
                                    ? SmallWorld.Entry(5, e.TransactionId, e.Lamports, 5_000, tokens: -801)
                                    : e
                            ),
                        ],
                    },
                ],
            },
            "tokens, where its payments are"
        );
    }

    [Fact]
    public void A_person_who_holds_one_unit_too_much_is_found() =>
        ShouldFind(good with { Holdings = new Dictionary<int, ulong>(good.Holdings) { [1] = 801 } }, "should hold 800 and holds 801");

    [Fact]
    public void A_wallet_that_lacks_one_lamport_is_found() =>
        ShouldFind(
            good with
            {
                Wallets = [good.Wallets[0] with { Lamports = good.Wallets[0].Lamports - 1 }, good.Wallets[1]],
            },
            "lamports and holds"
        );

    [Fact]
    public void A_transaction_that_takes_money_and_carries_no_memo_is_found()
    {
        var wallet = good.Wallets[0];
        ShouldFind(
            good with
            {
                Wallets =
                [
                    wallet with
                    {
                        History = [.. wallet.History, SmallWorld.Entry(11, null, -700)],
                        Lamports = wallet.Lamports - 700,
                    },
                    good.Wallets[1],
                ],
            },
            "carries no memo"
        );
    }

    [Fact]
    public void An_order_that_was_neither_accepted_nor_rejected_is_found() =>
        ShouldFind(good with { Accepted = good.Accepted.Where(a => a.Key != 0).ToDictionary() }, "order 0 was never accepted");

    [Fact]
    public void A_reservation_that_was_never_released_is_found() =>
        ShouldFind(
            good with
            {
                Database = good.Database with
                {
                    OpenReservations =
                    [
                        new WalletReservation
                        {
                            Id = Guid.NewGuid(),
                            WalletId = Guid.NewGuid(),
                            TransactionId = SmallWorld.Sol,
                            Amount = 1,
                            CreatedAt = default,
                        },
                    ],
                },
            },
            "never released"
        );

    [Fact]
    public void A_total_that_differs_from_its_reservations_is_found() =>
        ShouldFind(
            good with
            {
                Database = good.Database with
                {
                    ReservedTotals =
                    [
                        new ReservedTotal
                        {
                            WalletId = SmallWorld.Sol,
                            Mint = "",
                            Total = 1,
                        },
                    ],
                },
            },
            "are 0 , and their total says 1"
        );

    [Fact]
    public void A_message_that_was_never_delivered_is_found() =>
        ShouldFind(good with { Database = good.Database with { OutboxLeft = 1 } }, "1 messages were never delivered");

    [Theory]
    [InlineData("payments", "", "COMPLETED", "FAILED")]
    [InlineData("transactions", "PAYMENT", "FINALIZED", "SIGNED")]
    [InlineData("transactions", "PAYMENT", "BROADCAST", "SIGNED")]
    [InlineData("transactions", "PAYMENT", "SIGNED", "CANCELLED")]
    [InlineData("transactions", "PAYMENT", "ACCEPTED", "BROADCAST")]
    [InlineData("transactions", "TOKEN_CREATION", "CANCELLED", "FINALIZED")]
    [InlineData("transactions", "TOKEN_CREATION", "SIGNED", "CANCELLED")]
    [InlineData("transaction_attempts", "", "EXPIRED", "BROADCAST")]
    public void An_illegal_transition_is_found(string table, string kind, string from, string to) =>
        ShouldFind(
            good with
            {
                Database = good.Database with { Changes = [new StatusChange(table, "x", kind, from, to)] },
            },
            "illegal transition"
        );

    [Theory]
    [InlineData(AttemptStatus.Expired)]
    [InlineData(AttemptStatus.Broadcast)]
    public void A_second_attempt_without_a_death_certificate_of_the_first_is_found(AttemptStatus first)
    {
        var transaction = good.Database.Transactions[0];
        transaction.Attempts[0] = SmallWorld.AttemptOf(transaction, 1, first);
        transaction.Attempts.Add(SmallWorld.AttemptOf(transaction, 2, AttemptStatus.Finalized));
        ShouldFind(good, "and another was signed");
    }

    [Fact]
    public void A_second_mint_of_an_agent_is_found()
    {
        var wallet = good.Wallets[1];
        var second = new ChainTransaction
        {
            Id = Guid.NewGuid(),
            Kind = TransactionKind.TokenCreation,
            Status = TransactionStatus.Finalized,
            WalletId = Guid.NewGuid(),
            AgentId = SmallWorld.Agent,
            CreatedAt = default,
        };
        ShouldFind(
            good with
            {
                Database = good.Database with { Transactions = [.. good.Database.Transactions, second] },
                Wallets =
                [
                    good.Wallets[0],
                    wallet with
                    {
                        History = [.. wallet.History, SmallWorld.Entry(10, second.Id, -5_000, 5_000)],
                        Lamports = wallet.Lamports - 5_000,
                    },
                ],
            },
            "has 2 mints"
        );
    }

    [Theory]
    [InlineData("Draft")]
    [InlineData("Deployed")]
    public void A_status_of_an_agent_that_the_chain_contradicts_is_found(string status)
    {
        good.Database.Agents[0].CurrentState = status;
        ShouldFind(good, $"is {status} with 1 mints and 0 liquidity pools on chain");
    }

    [Fact]
    public void A_mint_that_an_agent_names_and_the_chain_does_not_have_is_found() =>
        ShouldFind(good with { LivingAccounts = new HashSet<string>() }, "which is not on chain");

    private static void ShouldFind(Evidence evidence, string finding) => ChaosAudit.Of(evidence).ShouldContain(f => f.Contains(finding));
}
