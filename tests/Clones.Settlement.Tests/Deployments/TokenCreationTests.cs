using Clones.Contracts.Agents;
using Clones.Custody;
using Clones.Domain.Agents;
using Clones.Domain.Ledger;
using Clones.Domain.Transactions;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Settlement.Tests.Deployments;

public sealed class TokenCreationTests(DeploymentHost host) : IClassFixture<DeploymentHost>
{
    [Theory]
    [InlineData(TokenStandard.Token2022, 1_000_000UL, 6, 1_000_000_000_000UL)]
    [InlineData(TokenStandard.SplToken, 1_000_000UL, 6, 1_000_000_000_000UL)]
    [InlineData(TokenStandard.Token2022, 1_000UL, 0, 1_000UL)]
    [InlineData(TokenStandard.SplToken, 18_446_744_073UL, 9, 18_446_744_073_000_000_000UL)]
    [InlineData(TokenStandard.Token2022, 1_000_000_000_000UL, 7, 10_000_000_000_000_000_000UL)]
    public async Task A_token_is_created_by_the_owners_signature_exactly_as_promised(
        TokenStandard standard,
        ulong supply,
        int decimals,
        ulong baseUnits
    )
    {
        var owner = await DeployingOwner.CreateAsync(host, standard: standard, supply: supply, decimals: decimals);

        var success = await owner.CreateTokenAsync();

        var program = standard == TokenStandard.Token2022 ? TokenProgram.Token2022Id : TokenProgram.Id;
        var mintKey = PublicKey.Parse(success.Mint);
        var account = (await host.Rpc.Primary.GetAccountInfoAsync(mintKey)).Value.ShouldNotBeNull();
        account.Owner.ShouldBe(program);
        var mint = MintAccount.Decode(account.Data.Span);
        mint.Supply.ShouldBe(baseUnits);
        mint.Decimals.ShouldBe((byte)decimals);
        mint.MintAuthority.ShouldBeNull();
        mint.FreezeAuthority.ShouldBeNull();
        var holding = AssociatedTokenAccountProgram.FindAddress(owner.Account.PublicKey, mintKey, program);
        (await host.Rpc.Primary.GetTokenAccountBalanceAsync(holding)).Value.Amount.ShouldBe(baseUnits);
        if (standard == TokenStandard.Token2022)
        {
            var metadata = mint.Metadata().ShouldNotBeNull();
            metadata.Name.ShouldBe(owner.Agent.Name);
            metadata.Symbol.ShouldBe(owner.Agent.Ticker);
            metadata.Uri.ShouldBe($"https://clones.test/agents/{owner.Agent.Id}/metadata");
        }
    }

    [Theory]
    [InlineData(TokenStandard.Token2022)]
    [InlineData(TokenStandard.SplToken)]
    public async Task An_owner_who_asks_for_them_keeps_the_rights_to_mint_and_to_freeze(TokenStandard standard)
    {
        var owner = await DeployingOwner.CreateAsync(host, standard: standard, keepsRights: true);

        var success = await owner.CreateTokenAsync();

        var account = (await host.Rpc.Primary.GetAccountInfoAsync(PublicKey.Parse(success.Mint))).Value.ShouldNotBeNull();
        var mint = MintAccount.Decode(account.Data.Span);
        mint.MintAuthority.ShouldBe(owner.Account.PublicKey);
        mint.FreezeAuthority.ShouldBe(owner.Account.PublicKey);
        mint.Supply.ShouldBe(1_000_000_000_000UL);
    }

    [Fact]
    public async Task The_sweeper_finds_what_an_owner_who_pays_has_sent_around_us()
    {
        var owner = await DeployingOwner.CreateAsync(host, payer: DeploymentPayer.Owner);
        await owner.AskForTokenAsync();
        var signed = (await owner.PreparedAsync()).ToSign();
        signed.Sign(owner.Account);
        await host.Rpc.Primary.SendTransactionAsync(signed.Serialize(), skipPreflight: true);
        await PatientWait.UntilAsync(
            async () => (await host.Rpc.Primary.GetSignatureStatusesAsync([signed.Id])).Value[0],
            "what was sent around us to land"
        );
        await host.WithAsync(db =>
            db.Transactions.Where(t => t.AgentId == owner.Agent.Id)
                .ExecuteUpdateAsync(s => s.SetProperty(t => t.NextCheckAt, default(DateTimeOffset)))
        );

        await host.SweepAsync();

        (await host.OutcomeAsync(owner.Agent.Id)).ShouldBeOfType<TokenCreationSucceeded>().Signature.ShouldBe(signed.Id.ToString());
    }

    [Fact]
    public async Task A_signature_that_is_none_of_an_owner_who_pays_leaves_the_attempt_to_them()
    {
        var owner = await DeployingOwner.CreateAsync(host, payer: DeploymentPayer.Owner);
        await owner.AskForTokenAsync();
        var prepared = await owner.PreparedAsync();
        var altered = prepared.MessageBytes.ToArray();
        altered[^1] ^= 1;

        await owner.SubmitAsync(prepared, owner.Account.Sign(altered));
        await owner.PreparedAsync();
        await owner.SubmitAsync(prepared);

        (await host.OutcomeAsync(owner.Agent.Id)).ShouldBeOfType<TokenCreationSucceeded>();
        (await owner.TransactionsAsync()).ShouldHaveSingleItem().Attempts.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_settled_token_creation_frees_its_reservation_and_costs_what_was_announced()
    {
        var owner = await DeployingOwner.CreateAsync(host);

        var success = await owner.CreateTokenAsync();

        var attempt = (await owner.TransactionsAsync()).Single().Attempts.Single();
        var announced = DeploymentTerms.FromJson(attempt.Terms!).Cost.TotalLamports();
        (await host.Rpc.Primary.GetBalanceAsync(owner.Wallet)).Value.ShouldBe(5_000_000_000 - announced);
        var (open, settledSlot) = await host.WithAsync(async db =>
            (
                await db.WalletReservations.CountAsync(r => r.WalletId == owner.WalletId && r.ReleasedAt == null),
                (await db.DepositWallets.SingleAsync(w => w.Id == owner.WalletId)).SettledSlot
            )
        );
        open.ShouldBe(0);
        settledSlot.ShouldBe(success.Slot);
    }

    [Fact]
    public async Task Asked_twenty_times_at_once_there_is_one_mint_and_one_attempt()
    {
        var owner = await DeployingOwner.CreateAsync(host);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => owner.AskForTokenAsync()));
        var prepared = await owner.PreparedAsync();
        await owner.SubmitAsync(prepared);
        await host.OutcomeAsync(owner.Agent.Id);

        var transaction = (await owner.TransactionsAsync()).ShouldHaveSingleItem();
        transaction.Attempts.Count(a => a.Status != AttemptStatus.Withdrawn).ShouldBe(1);
        (await host.WithAsync(db => db.MintKeys.CountAsync(k => k.AgentId == owner.Agent.Id))).ShouldBe(1);
    }

    [Fact]
    public async Task A_token_that_only_the_chain_remembers_is_made_no_second_time_however_often_it_is_tried()
    {
        var owner = await DeployingOwner.CreateAsync(host);
        var agentId = owner.Agent.Id;
        await host.WithAsync(db =>
        {
            db.Add(
                new OnChainTransaction
                {
                    Signature = $"landed {agentId}",
                    WalletId = owner.WalletId,
                    TransactionId = TransactionIds.OfDeployment(agentId, TransactionKind.TokenCreation, 1),
                    AttemptNumber = 1,
                    Slot = 1,
                    FeeLamports = 10_000,
                    WireBytes = [],
                    GenesisHash = "",
                    RecordedAt = default,
                }
            );
            return db.SaveChangesAsync();
        });

        for (var tries = 1; tries <= 3; tries++)
        {
            await owner.AskForTokenAsync();
            await host.OutcomeAsync(agentId, tries);
        }

        var transactions = await owner.TransactionsAsync();
        transactions.Count.ShouldBe(3);
        transactions.ShouldAllBe(t => t.Status == TransactionStatus.Failed && t.Attempts.Count == 0 && t.Reason!.Contains("landed"));
    }

    [Fact]
    public async Task A_mint_key_left_by_a_crash_before_the_attempt_is_the_one_that_is_used()
    {
        var owner = await DeployingOwner.CreateAsync(host);
        var left = await host.WithAsync(
            async (services, db) =>
            {
                var key = await services.GetRequiredService<DepositKeyVault>().CreateMintKeyAsync(owner.Agent.Id, CancellationToken.None);
                db.Add(key);
                await db.SaveChangesAsync();
                return key.Mint;
            }
        );

        (await owner.CreateTokenAsync()).Mint.ShouldBe(left);
    }

    [Fact]
    public async Task What_expired_unsigned_is_renewed_for_the_same_mint()
    {
        var owner = await DeployingOwner.CreateAsync(host);
        await owner.AskForTokenAsync();
        var first = await owner.PreparedAsync();
        await host.WarpToAsync(first.LastValidBlockHeight);

        await owner.AskForTokenAsync();
        var second = await owner.PreparedAsync(2);
        await owner.SubmitAsync(second);
        await host.OutcomeAsync(owner.Agent.Id);

        var transaction = (await owner.TransactionsAsync()).ShouldHaveSingleItem();
        transaction.Attempts.Select(a => a.Status).ShouldBe([AttemptStatus.Withdrawn, AttemptStatus.Finalized]);
        (await host.WithAsync(db => db.MintKeys.CountAsync(k => k.AgentId == owner.Agent.Id))).ShouldBe(1);
    }

    [Fact]
    public async Task What_was_signed_too_late_expires_without_our_signatures_and_is_asked_for_anew()
    {
        var owner = await DeployingOwner.CreateAsync(host);
        await owner.AskForTokenAsync();
        var first = await owner.PreparedAsync();
        await host.WarpToAsync(first.LastValidBlockHeight + 1);

        await owner.SubmitAsync(first);
        await owner.SubmitAsync(await owner.PreparedAsync(2));
        (await host.OutcomeAsync(owner.Agent.Id)).ShouldBeOfType<TokenCreationSucceeded>();

        var late = (await owner.TransactionsAsync()).ShouldHaveSingleItem().Attempts[0];
        late.Status.ShouldBe(AttemptStatus.Expired);
        late.WireBytes.ShouldBeNull();
        late.Evidence.ShouldNotBeNull().ShouldContain("neverComplete");
    }

    [Fact]
    public async Task A_signature_over_another_message_gets_none_of_ours()
    {
        var owner = await DeployingOwner.CreateAsync(host);
        await owner.AskForTokenAsync();
        var prepared = await owner.PreparedAsync();
        var altered = prepared.MessageBytes.ToArray();
        altered[^1] ^= 1;

        await owner.SubmitAsync(prepared, owner.Account.Sign(altered));
        await owner.PreparedAsync(2);

        var rejected = (await owner.TransactionsAsync()).ShouldHaveSingleItem().Attempts[0];
        rejected.Status.ShouldBe(AttemptStatus.Expired);
        rejected.WireBytes.ShouldBeNull();
        rejected.Signature.ShouldBeNull();
    }

    [Fact]
    public async Task A_live_attempt_is_never_replaced()
    {
        var owner = await DeployingOwner.CreateAsync(host);
        await owner.AskForTokenAsync();
        var prepared = await owner.PreparedAsync();
        await owner.StoreSignatureAsync(prepared, owner.Account.Sign(prepared.MessageBytes).ToString());
        await host.WarpToAsync(prepared.LastValidBlockHeight);

        await owner.AskForTokenAsync();
        // The next message of the same queue that has an effect shows that the one before was handled.
        var other = await DeployingOwner.CreateAsync(host);
        await other.AskForTokenAsync();
        await other.PreparedAsync();

        (await owner.TransactionsAsync()).ShouldHaveSingleItem().Attempts.ShouldHaveSingleItem().Status.ShouldBe(AttemptStatus.Submitted);
    }

    [Fact]
    public async Task A_token_that_is_on_chain_already_is_adopted()
    {
        var owner = await DeployingOwner.CreateAsync(host);
        var first = await owner.CreateTokenAsync();
        // As after a restore of an older database: the database says that the attempt came to nothing.
        await host.WithAsync(db =>
            db.ForgeAsync(() =>
                db
                    .Transactions.Where(t => t.AgentId == owner.Agent.Id)
                    .ExecuteUpdateAsync(s => s.SetProperty(t => t.Status, TransactionStatus.Failed))
            )
        );

        await owner.AskForTokenAsync();
        var second = (await host.OutcomeAsync(owner.Agent.Id, 2)).ShouldBeOfType<TokenCreationSucceeded>();

        (second.Mint, second.Signature, second.Slot).ShouldBe((first.Mint, first.Signature, first.Slot));
        var adopted = (await owner.TransactionsAsync()).ShouldHaveSingleItem();
        adopted.Status.ShouldBe(TransactionStatus.Finalized);
        adopted.Attempts.ShouldHaveSingleItem("nothing was prepared a second time").Signature.ShouldBe(first.Signature);
    }

    [Fact]
    public async Task A_token_that_the_books_know_nothing_of_is_adopted_by_the_chains_own_history()
    {
        var owner = await DeployingOwner.CreateAsync(host);
        var first = await owner.CreateTokenAsync();
        await host.WithAsync(async db =>
        {
            var ids = await db.Transactions.Where(t => t.AgentId == owner.Agent.Id).Select(t => t.Id).ToListAsync();
            await db.WalletReservations.Where(r => ids.Contains(r.TransactionId)).ExecuteDeleteAsync();
            await db.TransactionAttempts.Where(a => ids.Contains(a.TransactionId)).ExecuteDeleteAsync();
            return await db.Transactions.Where(t => ids.Contains(t.Id)).ExecuteDeleteAsync();
        });

        await owner.AskForTokenAsync();

        var second = (await host.OutcomeAsync(owner.Agent.Id, 2)).ShouldBeOfType<TokenCreationSucceeded>();
        second.Signature.ShouldBe(first.Signature);
    }

    [Fact]
    public async Task Missing_funds_fail_the_deployment_with_the_sums_and_reserve_nothing()
    {
        var owner = await DeployingOwner.CreateAsync(host, lamports: 2_000_000);

        await owner.AskForTokenAsync();
        var failure = (await host.OutcomeAsync(owner.Agent.Id)).ShouldBeOfType<FailDeployment>();

        failure.Reason.ShouldContain($"{owner.Wallet} needs ");
        failure.Reason.ShouldContain("available");
        (await owner.TransactionsAsync()).ShouldHaveSingleItem().Status.ShouldBe(TransactionStatus.Failed);
        var open = await host.WithAsync(db => db.WalletReservations.CountAsync(r => r.WalletId == owner.WalletId && r.ReleasedAt == null));
        open.ShouldBe(0);
    }

    [Fact]
    public async Task A_failed_deployment_is_prepared_anew_for_the_same_mint_once_there_are_funds()
    {
        var owner = await DeployingOwner.CreateAsync(host, lamports: 2_000_000);
        await owner.AskForTokenAsync();
        await host.OutcomeAsync(owner.Agent.Id);
        var mint = await host.WithAsync(db => db.MintKeys.Where(k => k.AgentId == owner.Agent.Id).Select(k => k.Mint).SingleAsync());
        await host.FundAsync(owner.Wallet, 1_000_000_000);

        await owner.AskForTokenAsync();
        await owner.SubmitAsync(await owner.PreparedAsync());
        var success = (await host.OutcomeAsync(owner.Agent.Id, 2)).ShouldBeOfType<TokenCreationSucceeded>();

        success.Mint.ShouldBe(mint);
        (await owner.TransactionsAsync()).Select(t => t.Status).ShouldBe([TransactionStatus.Failed, TransactionStatus.Finalized]);
    }

    [Fact]
    public async Task A_landed_transaction_that_made_another_token_is_a_failure_with_that_reason()
    {
        var owner = await DeployingOwner.CreateAsync(host);
        await owner.AskForTokenAsync();
        var prepared = await owner.PreparedAsync();
        await host.WithAsync(db =>
            db.Agents.Where(a => a.Id == owner.Agent.Id).ExecuteUpdateAsync(s => s.SetProperty(a => a.Supply, 2_000_000UL))
        );

        await owner.SubmitAsync(prepared);

        var failure = (await host.OutcomeAsync(owner.Agent.Id)).ShouldBeOfType<FailDeployment>();
        failure.Reason.ShouldContain("1000000000000 base units, not 2000000000000");
        failure.TransactionId.ShouldBe(prepared.TransactionId);
    }

    [Fact]
    public async Task A_request_for_an_agent_that_has_moved_on_changes_nothing()
    {
        var gone = await DeployingOwner.CreateAsync(host, status: AgentStatus.Draft);
        var other = await DeployingOwner.CreateAsync(host);

        await gone.AskForTokenAsync();
        await other.AskForTokenAsync();
        await other.PreparedAsync();

        (await gone.TransactionsAsync()).ShouldBeEmpty();
        host.Outcomes.Of(gone.Agent.Id).ShouldBeEmpty();
    }

    [Fact]
    public async Task Lamports_sent_to_the_mints_address_do_not_stop_the_token()
    {
        var owner = await DeployingOwner.CreateAsync(host);
        await owner.AskForTokenAsync();
        await owner.PreparedAsync();
        var mint = await host.WithAsync(db => db.MintKeys.Where(k => k.AgentId == owner.Agent.Id).Select(k => k.Mint).SingleAsync());
        await host.FundAsync(PublicKey.Parse(mint), 1_000_000);
        var first = (await owner.TransactionsAsync()).Single().Attempts.Single();
        await host.WarpToAsync(first.LastValidBlockHeight);

        await owner.AskForTokenAsync();
        await owner.SubmitAsync(await owner.PreparedAsync(2));

        (await host.OutcomeAsync(owner.Agent.Id)).ShouldBeOfType<TokenCreationSucceeded>().Mint.ShouldBe(mint);
    }
}
