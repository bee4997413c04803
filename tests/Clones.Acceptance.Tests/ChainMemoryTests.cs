using Clones.Api.Tests.Hosting;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Microsoft.Extensions.Time.Testing;

namespace Clones.Acceptance.Tests;

public sealed class ChainMemoryTests : IDisposable
{
    private static readonly PublicKey Wallet = Fresh();
    private readonly ScriptedChain chain = new();
    private readonly FakeTimeProvider time = new();
    private readonly PublicKey mint;
    private readonly ChainMemory memory;

    public ChainMemoryTests()
    {
        mint = chain.AddMint(6);
        chain.SetLamports(Wallet, 5_000_000_000);
        chain.SetTokens(Wallet, mint, 1_000);
        memory = new ChainMemory(new WalletBalances(chain.Endpoints(time)), time);
    }

    public void Dispose() => chain.Dispose();

    [Fact]
    public async Task What_is_known_of_wallet_and_recipients_costs_no_request()
    {
        var people = Holders(3);
        var first = await ReadAsync(people);
        var asked = chain.Requests;

        var again = await ReadAsync(people);

        (first.IsRemembered, again.IsRemembered).ShouldBe((false, true));
        again.Balance.ShouldBe(first.Balance);
        again.Recipients.Keys.ShouldBe(people, ignoreOrder: true);
        chain.Requests.ShouldBe(asked);
    }

    [Fact]
    public async Task Recipients_are_looked_up_many_at_a_time_and_bring_a_fresh_balance()
    {
        await ReadAsync(Holders(1));
        var asked = chain.Requests;
        chain.SetTokens(Wallet, mint, 1_234);

        var view = await ReadAsync(Holders(64));

        (view.IsRemembered, view.Balance!.TokensOf(mint)).ShouldBe((false, 1_234ul));
        view.Recipients.Count.ShouldBe(64);
        (chain.Requests - asked).ShouldBe(2);
    }

    [Fact]
    public async Task A_balance_is_forgotten_with_age_and_where_the_wallet_has_settled_since()
    {
        var people = Holders(1);
        await ReadAsync(people);

        (await ReadAsync(people, minSlot: chain.Slot)).IsRemembered.ShouldBeTrue();
        chain.Slot++;
        (await ReadAsync(people, minSlot: chain.Slot)).Balance!.Slot.ShouldBe(chain.Slot);
        time.Advance(ChainMemory.BalanceAgeMax);
        (await ReadAsync(people)).IsRemembered.ShouldBeTrue();
        time.Advance(TimeSpan.FromMilliseconds(1));
        (await ReadAsync(people)).IsRemembered.ShouldBeFalse();
    }

    [Fact]
    public async Task Whoever_insists_gets_a_fresh_balance()
    {
        var people = Holders(1);
        await ReadAsync(people);
        chain.SetTokens(Wallet, mint, 7);

        var view = await ReadAsync(people, fresh: true);

        (view.IsRemembered, view.Balance!.TokensOf(mint)).ShouldBe((false, 7ul));
    }

    [Fact]
    public async Task An_error_is_no_balance_and_what_was_remembered_is_as_good_as_before()
    {
        var known = Holders(1);
        var unknown = Fresh();
        await ReadAsync(known);
        chain.Hide(Wallet);

        var view = await ReadAsync([.. known, unknown]);
        var older = await ReadAsync([unknown], minSlot: chain.Slot + 1);

        view.NoAnswer.ShouldNotBeNull();
        (view.IsRemembered, view.Balance!.TokensOf(mint)).ShouldBe((true, 1_000ul));
        view.Recipients.Keys.ShouldBe(known);
        (older.Balance, older.Recipients.Count).ShouldBe((null, 0));
    }

    [Fact]
    public async Task A_recipient_without_a_token_account_is_asked_about_every_time()
    {
        var nobody = Fresh();
        (await ReadAsync([nobody])).Recipients[nobody].TokenAccountRentLamports.ShouldBeGreaterThan(0ul);
        chain.SetTokens(nobody, mint, 0);

        (await ReadAsync([nobody])).Recipients[nobody].TokenAccountRentLamports.ShouldBe(0ul);
    }

    [Fact]
    public async Task Questions_of_several_wallets_share_a_request_and_one_without_an_answer_fails_alone()
    {
        var (second, later) = (Fresh(), Fresh());
        var (unknownMint, people) = (Fresh(), Holders(3));
        chain.SetLamports(second, 77);
        chain.SetLamports(people[1], 9_000_000);
        ChainQuestion[] asked = [new(Wallet, mint, [people[0]], 0, Fresh: false), new(second, null, [people[1]], 0, Fresh: false)];
        await ReadAsync([]);
        var before = chain.Requests;

        var views = await memory.ReadAsync(asked, TestContext.Current.CancellationToken);

        (chain.Requests - before).ShouldBe(1);
        (views[0].Balance!.TokensOf(mint), views[1].Balance!.Lamports).ShouldBe((1_000ul, 77ul));
        (views[0].Recipients.Keys.Single(), views[1].Recipients[people[1]].Lamports).ShouldBe((people[0], 9_000_000ul));

        before = chain.Requests;
        var ahead = await memory.ReadAsync(
            [new(second, null, [people[2]], 0, Fresh: true), new(later, null, [people[2]], chain.Slot + 1, Fresh: true)],
            TestContext.Current.CancellationToken
        );
        // Once together, and the second alone, with its slot.
        (chain.Requests - before).ShouldBe(2);
        ahead.ShouldAllBe(v => v.NoAnswer == null);

        var mixed = await memory.ReadAsync(
            [new(Wallet, unknownMint, [people[2]], 0, Fresh: true), new(Wallet, mint, [people[2]], 0, Fresh: true)],
            TestContext.Current.CancellationToken
        );
        mixed.Select(v => v.NoAnswer is null).ShouldBe([false, true]);
        mixed[1].Balance!.TokensOf(mint).ShouldBe(1_000ul);
    }

    [Fact]
    public async Task An_account_for_which_a_node_gives_no_answer_fails_its_own_question_only()
    {
        var unanswered = Fresh();
        chain.Hide(unanswered);

        var views = await memory.ReadAsync(
            [new(Wallet, mint, Holders(1), 0, Fresh: false), new(Fresh(), null, [unanswered], 0, Fresh: false)],
            TestContext.Current.CancellationToken
        );

        views.Select(v => v.NoAnswer is null).ShouldBe([true, false]);
        views[0].Balance!.TokensOf(mint).ShouldBe(1_000ul);
    }

    private async Task<ChainView> ReadAsync(PublicKey[] people, ulong minSlot = 0, bool fresh = false) =>
        (await memory.ReadAsync([new ChainQuestion(Wallet, mint, people, minSlot, fresh)], TestContext.Current.CancellationToken))[0];

    /// <summary>People with an account of the mint.</summary>
    private PublicKey[] Holders(int count)
    {
        var people = Enumerable.Range(0, count).Select(_ => Fresh()).ToArray();
        foreach (var person in people)
        {
            chain.SetTokens(person, mint, 1);
        }
        return people;
    }

    private static PublicKey Fresh()
    {
        using var account = Account.Generate();
        return account.PublicKey;
    }
}
