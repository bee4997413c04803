using Clones.Contracts.Agents;
using Clones.Custody.Audit;
using Clones.Domain.Agents;
using Clones.Domain.Keys;
using Clones.Domain.Transactions;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Tests.Deployments.Faults;

/// <summary>Deployments whose owners pay: complete but for the owner's signature once they are prepared, so that they may land without us.</summary>
public sealed class OwnerPaysTests(DeploymentFaultHost host) : IClassFixture<DeploymentFaultHost>, IAsyncLifetime
{
    private static readonly TransactionKind[] Stages = [TransactionKind.TokenCreation, TransactionKind.PoolCreation];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await host.HealAsync();

    [Theory]
    [InlineData(TokenStandard.Token2022)]
    [InlineData(TokenStandard.SplToken)]
    public async Task The_owner_pays_everything_and_the_deposit_wallet_is_neither_opened_nor_charged(TokenStandard standard)
    {
        const ulong Funds = 5_000_000_000;
        var deployment = await FaultyDeployment.CreateAsync(host, DeploymentPayer.Owner, standard, Funds);
        var spent = 0UL;
        foreach (var stage in Stages)
        {
            var prepared = await deployment.AskAsync(stage);
            await deployment.SignAsync(prepared);
            await deployment.ShouldHaveLandedOnceAsync(stage);
            var terms = DeploymentTerms.FromJson(prepared.Terms!);
            terms.Steps.ShouldContain(step => step.StartsWith($"Your wallet {deployment.Owner.PublicKey} pays"));
            terms.Steps.ShouldNotContain(step => step.Contains("deposit wallet", StringComparison.OrdinalIgnoreCase));
            spent += terms.Cost.TotalLamports();
        }

        (await host.Bystander.GetBalanceAsync(deployment.Owner.PublicKey)).Value.ShouldBe(Funds - spent, "as announced, to the lamport");
        var (wallet, transactions) = await host.WithAsync(
            async (_, db) =>
            {
                var poolId = await db.Agents.Where(a => a.Id == deployment.AgentId).Select(a => a.TrainingPoolId).SingleAsync();
                return (
                    await db.DepositWallets.AsNoTracking().SingleAsync(w => w.TrainingPoolId == poolId),
                    await db.Transactions.AsNoTracking().Where(t => t.AgentId == deployment.AgentId).ToListAsync()
                );
            }
        );
        transactions.ShouldAllBe(t => t.WalletId == wallet.Id);
        var opened = await host.WithAsync(
            (_, db) =>
                db
                    .KeyEvents.Where(e => e.Kind == KeyEventKind.Opened && (e.KeyId == wallet.Id || e.KeyId == deployment.AgentId))
                    .ToListAsync()
        );
        var opening = opened.ShouldHaveSingleItem();
        opening.Purpose.ShouldBe(WalletKeyEvent.Mint);
        opening.TransactionId.ShouldBe(transactions.Single(t => t.Kind == TransactionKind.TokenCreation).Id);
        (await host.WithAsync((_, db) => db.WalletReservations.CountAsync(r => r.WalletId == wallet.Id))).ShouldBe(0);
        (await host.Bystander.GetBalanceAsync(PublicKey.Parse(wallet.Address))).Value.ShouldBe(0UL);
        var (_, findings) = await host.WithAsync((_, db) => new KeyAudit(db).RunAsync(null, TestContext.Current.CancellationToken));
        findings.ShouldBeEmpty();
        var (_, report) = await host.ReconcileAsync();
        report.Split('\n').Single(line => line.StartsWith(wallet.Address, StringComparison.Ordinal)).ShouldContain("equal");
    }

    [Fact]
    public async Task What_the_owner_sends_around_us_is_noticed_and_adopted()
    {
        var deployment = await FaultyDeployment.CreateAsync(host, DeploymentPayer.Owner);
        foreach (var stage in Stages)
        {
            var prepared = await deployment.AskAsync(stage);
            await deployment.SendAroundUsAsync(prepared);
            await deployment.LandedAsync(prepared);
            await deployment.LookAsync(prepared);

            await deployment.ShouldHaveLandedOnceAsync(stage);
            (await deployment.AttemptsAsync(stage)).ShouldHaveSingleItem().OwnerSignature.ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task What_was_sent_around_us_is_adopted_by_asking_for_the_transaction_too()
    {
        var deployment = await FaultyDeployment.CreateAsync(host, DeploymentPayer.Owner);
        foreach (var stage in Stages)
        {
            var prepared = await deployment.AskAsync(stage);
            await deployment.SendAroundUsAsync(prepared);
            await deployment.LandedAsync(prepared);
            await host.ExpireBlockhashesAsync();
            await deployment.RenewAsync(stage);

            await deployment.ShouldHaveLandedOnceAsync(stage);
            (await deployment.AttemptsAsync(stage)).ShouldHaveSingleItem();
        }
    }

    [Fact]
    public async Task Sent_around_us_and_handed_in_as_well_it_lands_once()
    {
        var deployment = await FaultyDeployment.CreateAsync(host, DeploymentPayer.Owner);
        foreach (var stage in Stages)
        {
            var prepared = await deployment.AskAsync(stage);
            await deployment.SendAroundUsAsync(prepared);
            await deployment.SignAsync(prepared, times: 3);

            await deployment.ShouldHaveLandedOnceAsync(stage);
            (await deployment.AttemptsAsync(stage)).ShouldHaveSingleItem();
        }
    }

    [Fact]
    public async Task What_is_in_the_owners_hands_is_renewed_for_the_same_mint_once_it_is_certified_dead_and_not_before()
    {
        var deployment = await FaultyDeployment.CreateAsync(host, DeploymentPayer.Owner);
        foreach (var stage in Stages)
        {
            var first = await deployment.AskAsync(stage);
            // Expired, and not yet certain: what is final stands still.
            await host.FaultsAsync(new { front = "all", stallFinality = true });
            await host.WarpToAsync(first.LastValidBlockHeight + 5);
            await deployment.RenewAsync(stage);
            await UntilReasonAsync(first, "may still land");
            (await deployment.AttemptsAsync(stage)).ShouldHaveSingleItem().Status.ShouldBe(AttemptStatus.Prepared);

            await host.HealAsync();
            await host.ExpireBlockhashesAsync();
            await deployment.RenewAsync(stage);
            var second = await deployment.PreparedAsync(stage, 2);
            await deployment.SignAsync(second);

            await deployment.ShouldHaveLandedOnceAsync(stage);
            var attempts = await deployment.AttemptsAsync(stage);
            attempts.Select(a => a.Status).ShouldBe([AttemptStatus.Expired, AttemptStatus.Finalized]);
            attempts[0].Evidence.ShouldNotBeNull().ShouldContain("EXPIRED");
        }
    }

    [Fact]
    public async Task A_memo_that_a_stranger_pays_for_and_sends_to_the_owner_keeps_no_attempt_alive()
    {
        var deployment = await FaultyDeployment.CreateAsync(host, DeploymentPayer.Owner);
        using var stranger = Account.Generate();
        await host.FundAsync(stranger.PublicKey, 1_000_000_000);
        foreach (var stage in Stages)
        {
            // Of a pool creation anybody can make the id: the agent's stands in the link of its token.
            var first = await deployment.AskAsync(stage);
            await deployment.SendMemoAsync(stranger, first);
            await host.ExpireBlockhashesAsync();
            await deployment.RenewAsync(stage);
            await deployment.SignAsync(await deployment.PreparedAsync(stage, 2));

            await deployment.UntilAsync(stage == TransactionKind.TokenCreation ? AgentStatus.TokenCreated : AgentStatus.Deployed);
            (await deployment.AttemptsAsync(stage))[0].Evidence.ShouldNotBeNull().ShouldContain("EXPIRED");
        }
    }

    [Fact]
    public async Task CANCEL_waits_for_the_certificate_of_what_the_owner_may_have_sent()
    {
        var deployment = await FaultyDeployment.CreateAsync(host, DeploymentPayer.Owner);
        var prepared = await deployment.AskAsync(TransactionKind.TokenCreation);

        await deployment.CancelAsync();
        var rejected = await PatientWait.UntilAsync(
            () =>
                host.WithAsync(
                    (_, db) => db.AgentTransitions.AsNoTracking().FirstOrDefaultAsync(t => t.AgentId == deployment.AgentId && !t.Accepted)
                ),
            "the lifecycle to reject"
        );
        rejected.Reason.ShouldNotBeNull().ShouldContain("may still land");

        await host.ExpireBlockhashesAsync();
        await deployment.LookAsync(prepared);
        await deployment.UntilAttemptAsync(TransactionKind.TokenCreation, AttemptStatus.Expired);
        await deployment.CancelAsync();
        await deployment.UntilAsync(AgentStatus.Draft);
        (await deployment.AttemptsAsync(TransactionKind.TokenCreation)).ShouldHaveSingleItem("looking renews nothing");
    }

    [Fact]
    public async Task An_owner_who_lacks_lamports_is_told_how_many_and_no_key_is_opened()
    {
        const ulong Funds = 2_000_000;
        var deployment = await FaultyDeployment.CreateAsync(host, DeploymentPayer.Owner, lamports: Funds);

        await deployment.CommandAsync(TransactionKind.TokenCreation);

        var life = await deployment.UntilAsync(AgentStatus.Failed);
        life.LastError.ShouldNotBeNull()
            .ShouldMatch(@$"Your wallet {deployment.Owner.PublicKey} is to pay \d+ lamports .* it lacks \d+ lamports");
        (
            await host.WithAsync((_, db) => db.KeyEvents.CountAsync(e => e.Kind == KeyEventKind.Opened && e.KeyId == deployment.AgentId))
        ).ShouldBe(0);

        await host.FundAsync(deployment.Owner.PublicKey, 5_000_000_000);
        await deployment.RetryAsync();
        await deployment.SignAsync(await deployment.PreparedAsync(TransactionKind.TokenCreation, 1));
        await deployment.ShouldHaveLandedOnceAsync(TransactionKind.TokenCreation);
    }

    [Fact]
    public async Task What_the_chain_rejects_of_what_was_sent_around_us_fails_the_deployment_with_its_reason()
    {
        var deployment = await FaultyDeployment.CreateAsync(host, DeploymentPayer.Owner);
        var prepared = await deployment.AskAsync(TransactionKind.TokenCreation);
        var leave = DeploymentTerms.FromJson(prepared.Terms!).Cost.FeeLamports + 1_000_000;
        await deployment.LeaveOwnerAsync(leave);

        await deployment.SendAroundUsAsync(prepared);
        await deployment.LandedAsync(prepared);
        await deployment.LookAsync(prepared);

        var life = await deployment.UntilAsync(AgentStatus.Failed);
        life.LastError.ShouldNotBeNull().ShouldContain("rejected");
        (await deployment.AttemptsAsync(TransactionKind.TokenCreation)).ShouldHaveSingleItem().Status.ShouldBe(AttemptStatus.Failed);
    }

    private Task UntilReasonAsync(TransactionAttempt attempt, string words) =>
        PatientWait.UntilAsync(
            async () =>
                await host.WithAsync(
                    (_, db) => db.Transactions.Where(t => t.Id == attempt.TransactionId).Select(t => t.Reason).SingleAsync()
                )
                    is { } reason
                && reason.Contains(words, StringComparison.Ordinal)
                    ? reason
                    : null,
            $"the transaction to say: {words}"
        );
}
