using Clones.Contracts.Agents;
using Clones.Contracts.Deployments;
using Clones.Custody;
using Clones.Domain.Agents;
using Clones.Domain.Keys;
using Clones.Domain.Ledger;
using Clones.Domain.Transactions;
using Clones.Persistence.Ledger;
using Clones.Settlement.Chain;
using Clones.Settlement.Deployments;
using Clones.Settlement.Store;
using Clones.Solana.Rpc;
using Clones.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Settlement.Tests.Deployments;

/// <summary>What an owner has signed while the fence stands, or while the chain holds what the database has forgotten.</summary>
public sealed class FencedDeploymentTests(DeploymentHost host) : IClassFixture<DeploymentHost>
{
    [Fact]
    public async Task A_token_creation_gets_no_signature_of_ours_while_the_fence_stands_and_goes_on_when_it_opens()
    {
        var owner = await DeployingOwner.CreateAsync(host);
        await owner.AskForTokenAsync();
        var prepared = await owner.PreparedAsync();
        await RaiseAsync();

        await owner.SubmitAsync(prepared);

        await ShouldWaitAsync(owner);
        await OpenAsync();
        await host.SweepAsync();
        var success = (await host.OutcomeAsync(owner.Agent.Id)).ShouldBeOfType<TokenCreationSucceeded>();
        var attempt = (await owner.TransactionsAsync()).ShouldHaveSingleItem().Attempts.ShouldHaveSingleItem();
        (attempt.Status, attempt.Signature).ShouldBe((AttemptStatus.Finalized, success.Signature));
    }

    [Fact]
    public async Task The_mint_of_an_owner_who_pays_signs_nothing_while_the_fence_stands()
    {
        var owner = await DeployingOwner.CreateAsync(host, payer: DeploymentPayer.Owner);
        await RaiseAsync();

        var rejection = await Should.ThrowAsync<ChainNotReadyException>(() => PrepareAsync(owner));

        rejection.Message.ShouldBe("Signing is fenced: A drill.");
        await OpenAsync();
        (await owner.TransactionsAsync()).ShouldBeEmpty();
        (await OpeningsAsync(owner)).ShouldBe(0);
        await owner.AskForTokenAsync();
        (await owner.PreparedAsync()).MintSignature.ShouldNotBeNull();
        (await OpeningsAsync(owner)).ShouldBe(1);
    }

    [Fact]
    public async Task What_dies_at_the_fence_is_asked_for_anew_and_makes_the_same_mint()
    {
        var owner = await DeployingOwner.CreateAsync(host);
        await owner.AskForTokenAsync();
        var prepared = await owner.PreparedAsync();
        var mint = await host.WithAsync(db => db.MintKeys.Where(k => k.AgentId == owner.Agent.Id).Select(k => k.Mint).SingleAsync());
        await RaiseAsync();
        await owner.SubmitAsync(prepared);
        await ShouldWaitAsync(owner);
        await host.WarpToAsync(prepared.LastValidBlockHeight + 1);

        await OpenAsync();
        await host.PublishAsync(new CoSignTransaction { TransactionId = prepared.TransactionId, AttemptNumber = prepared.Number });
        await owner.SubmitAsync(await owner.PreparedAsync(2));

        (await host.OutcomeAsync(owner.Agent.Id)).ShouldBeOfType<TokenCreationSucceeded>().Mint.ShouldBe(mint);
        var attempts = (await owner.TransactionsAsync()).ShouldHaveSingleItem().Attempts;
        attempts.Select(a => a.Status).ShouldBe([AttemptStatus.Expired, AttemptStatus.Finalized]);
        attempts[0].WireBytes.ShouldBeNull();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task What_stands_on_chain_under_any_ordinal_of_the_agent_gets_no_signature_beside_it(int ordinal)
    {
        var owner = await DeployingOwner.CreateAsync(host);
        await owner.AskForTokenAsync();
        var prepared = await owner.PreparedAsync();
        // Read off the chain after the owner was asked.
        var onChain = await StoreOnChainAsync(owner, ordinal);

        await owner.SubmitAsync(prepared);

        (await host.OutcomeAsync(owner.Agent.Id)).ShouldBeOfType<FailDeployment>().Reason.ShouldContain(onChain);
        var rejected = (await owner.TransactionsAsync()).ShouldHaveSingleItem().Attempts.ShouldHaveSingleItem();
        rejected.WireBytes.ShouldBeNull();
        rejected.Signature.ShouldBeNull();
        rejected.Evidence.ShouldNotBeNull().ShouldContain(onChain);

        // The retry's transaction has another id.
        await owner.AskForTokenAsync();
        (await host.OutcomeAsync(owner.Agent.Id, 2)).ShouldBeOfType<FailDeployment>().Reason.ShouldContain(onChain);
        (await owner.TransactionsAsync()).SelectMany(t => t.Attempts).ShouldHaveSingleItem();
    }

    private Task<int> OpeningsAsync(DeployingOwner owner) =>
        host.WithAsync(db => db.KeyEvents.CountAsync(e => e.Kind == KeyEventKind.Opened && e.KeyId == owner.Agent.Id));

    /// <summary>As the consumer does, without the bus, which would try again.</summary>
    private Task<bool> PrepareAsync(DeployingOwner owner) =>
        host.WithAsync(
            async (services, db) =>
            {
                var stop = TestContext.Current.CancellationToken;
                db.MintKeys.Add(await services.GetRequiredService<DepositKeyVault>().CreateMintKeyAsync(owner.Agent.Id, stop));
                await db.SaveChangesAsync(stop);
                await using var commit = await db.Database.BeginTransactionAsync(stop);
                var locked = await services
                    .GetRequiredService<IDeploymentWork>()
                    .LockAgentAsync(owner.Agent.Id, AgentStatus.PendingTokenSignature, stop);
                var deployment = Deployment.Of(locked!.Value.Agent);
                var promise = TokenSpec.Of(owner.Agent, deployment.Mint!.Value, "");
                var balances = services.GetRequiredService<WalletBalances>();
                var sizes = TokenCreationPlan.Sizes(promise);
                var plan = TokenCreationPlan.Build(
                    deployment.Payer,
                    deployment.Owner,
                    promise,
                    await balances.RentAsync(sizes.Mint, stop),
                    await balances.RentAsync(sizes.OwnerAccount, stop)
                );
                await services
                    .GetRequiredService<DeploymentPreparation>()
                    .PrepareAsync(deployment, TransactionKind.TokenCreation, null, plan, stop);
                await commit.CommitAsync(stop);
                return true;
            }
        );

    private static async Task ShouldWaitAsync(DeployingOwner owner)
    {
        var waiting = await PatientWait.UntilAsync(
            async () => (await owner.TransactionsAsync()).SingleOrDefault(t => t.Reason is not null),
            "the token creation to wait at the fence"
        );
        waiting.Reason.ShouldBe("Signing is fenced: A drill.");
        var attempt = waiting.Attempts.ShouldHaveSingleItem();
        attempt.Status.ShouldBe(AttemptStatus.Submitted);
        attempt.WireBytes.ShouldBeNull();
        attempt.Signature.ShouldBeNull();
    }

    private Task<string> StoreOnChainAsync(DeployingOwner owner, int ordinal) =>
        host.WithAsync(async db =>
        {
            var onChain = new OnChainTransaction
            {
                Signature = owner.Account.Sign([.. owner.Agent.Id.ToByteArray(), (byte)ordinal]).ToString(),
                WalletId = owner.WalletId,
                TransactionId = TransactionIds.OfDeployment(owner.Agent.Id, TransactionKind.TokenCreation, ordinal),
                AttemptNumber = 1,
                Slot = 1,
                FeeLamports = 5_000,
                WireBytes = [],
                GenesisHash = "of a test",
                RecordedAt = DateTimeOffset.UnixEpoch,
            };
            db.OnChainTransactions.Add(onChain);
            await db.SaveChangesAsync();
            return onChain.Signature;
        });

    private Task<bool> RaiseAsync() =>
        host.WithAsync(db => db.RaiseFenceAsync("A drill.", held: false, raising: null, TestContext.Current.CancellationToken));

    private Task<bool> OpenAsync() =>
        host.WithAsync(async db =>
        {
            var fence = await db.ReadFenceAsync(TestContext.Current.CancellationToken);
            return await db.OpenFenceAsync(fence, TestContext.Current.CancellationToken);
        });
}
