using Clones.Contracts.Agents;
using Clones.Domain.Transactions;
using Microsoft.EntityFrameworkCore;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Settlement.Tests.Deployments;

public sealed class StalledDeploymentTests(DeploymentHost host) : IClassFixture<DeploymentHost>
{
    [Fact]
    public async Task An_agent_whose_preparation_was_lost_is_prepared()
    {
        var owner = await DeployingOwner.CreateAsync(host);

        await host.SweepAsync();

        await owner.SubmitAsync(await owner.PreparedAsync());
        (await host.OutcomeAsync(owner.Agent.Id)).ShouldBeOfType<TokenCreationSucceeded>();
    }

    [Fact]
    public async Task A_submission_whose_message_was_lost_is_signed()
    {
        var owner = await DeployingOwner.CreateAsync(host);
        await owner.AskForTokenAsync();
        var prepared = await owner.PreparedAsync();
        await owner.StoreSignatureAsync(prepared, owner.Account.Sign(prepared.MessageBytes).ToString());

        await host.SweepAsync();

        (await host.OutcomeAsync(owner.Agent.Id)).ShouldBeOfType<TokenCreationSucceeded>();
    }

    [Fact]
    public async Task A_landing_that_the_lifecycle_was_never_told_is_told()
    {
        var owner = await DeployingOwner.CreateAsync(host);
        var first = await owner.CreateTokenAsync();
        await host.WithAsync(db =>
            db.Transactions.Where(t => t.AgentId == owner.Agent.Id)
                .ExecuteUpdateAsync(s => s.SetProperty(t => t.SettledAt, DateTimeOffset.UnixEpoch))
        );

        await host.SweepAsync();

        var again = (await host.OutcomeAsync(owner.Agent.Id, 2)).ShouldBeOfType<TokenCreationSucceeded>();
        again.Signature.ShouldBe(first.Signature);
        (await owner.TransactionsAsync()).ShouldHaveSingleItem().Status.ShouldBe(TransactionStatus.Finalized);
    }

    [Fact]
    public async Task No_row_is_locked_while_the_chain_is_asked()
    {
        var owner = await DeployingOwner.CreateAsync(host);

        host.Locks.IsWatching = true;
        await owner.CreateTokenAsync();
        host.Locks.IsWatching = false;

        host.Locks.Asked.ShouldContain("simulateTransaction");
        host.Locks.Asked.ShouldContain("getAccountInfo");
        host.Locks.AskedUnderLocks.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_waits_for_its_owner_is_left_alone()
    {
        var owner = await DeployingOwner.CreateAsync(host);
        await owner.AskForTokenAsync();
        var prepared = await owner.PreparedAsync();

        await host.SweepAsync();
        var other = await DeployingOwner.CreateAsync(host);
        await other.AskForTokenAsync();
        await other.PreparedAsync();

        var attempt = (await owner.TransactionsAsync()).ShouldHaveSingleItem().Attempts.ShouldHaveSingleItem();
        (attempt.Number, attempt.Status).ShouldBe((prepared.Number, AttemptStatus.Prepared));
    }
}
