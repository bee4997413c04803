using Clones.Contracts.Agents;
using Clones.Contracts.Deployments;
using Clones.Domain.Agents;
using Clones.Domain.Keys;
using Clones.Domain.Transactions;
using Clones.Persistence.Agents;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Tests.Deployments;

/// <summary>Deployments whose deposit wallet or mint has a stored key that does not open.</summary>
public sealed class UnusableKeyDeploymentTests(DeploymentHost host) : IClassFixture<DeploymentHost>
{
    [Theory]
    [InlineData(Damage.OtherVersion)]
    [InlineData(Damage.FlippedDigit)]
    public async Task A_submission_waits_for_the_wallets_key_with_that_reason_and_goes_on_when_it_opens(Damage damage)
    {
        var owner = await DeployingOwner.CreateAsync(host);
        await owner.AskForTokenAsync();
        var prepared = await owner.PreparedAsync();
        var before = await host.WithAsync(db => DamagedKeys.DamageAsync(db, damage, owner.WalletId, owner.WalletId));

        await owner.SubmitAsync(prepared);

        var waiting = await PatientWait.UntilAsync(
            async () => (await owner.TransactionsAsync()).SingleOrDefault(t => t.Reason is not null),
            "the submission to wait for the key"
        );
        waiting.Reason.ShouldNotBeNull().ShouldStartWith("A key that has to sign cannot be opened.");
        waiting.Attempts.ShouldHaveSingleItem().Status.ShouldBe(AttemptStatus.Submitted);
        (await OpeningsAsync(owner.WalletId)).ShouldBe(0);
        await host.WithAsync(async db =>
        {
            await DamagedKeys.RepairAsync(db, before);
            return true;
        });

        await FinishAsync(owner, prepared);
        (await FailuresAsync(owner.WalletId)).ShouldBeLessThanOrEqualTo(1);
        (await OpeningsAsync(owner.WalletId)).ShouldBe(1);
    }

    [Fact]
    public async Task Where_the_mints_key_does_not_open_no_opening_of_the_wallets_is_told()
    {
        var owner = await DeployingOwner.CreateAsync(host);
        await owner.AskForTokenAsync();
        var prepared = await owner.PreparedAsync();
        var stored = await FlipMintAsync(owner);

        await owner.SubmitAsync(prepared);

        await PatientWait.UntilAsync(
            async () => (await owner.TransactionsAsync()).SingleOrDefault(t => t.Reason is not null),
            "the submission to wait for the mint's key"
        );
        (await OpeningsAsync(owner.WalletId)).ShouldBe(0);
        await StoreMintAsync(owner, stored);

        await FinishAsync(owner, prepared);
        (await OpeningsAsync(owner.WalletId), await OpeningsAsync(owner.Agent.Id)).ShouldBe((1, 1));
    }

    [Fact]
    public async Task A_token_that_its_owner_pays_waits_for_the_mints_key_and_the_sweeper_asks_again()
    {
        var owner = await DeployingOwner.CreateAsync(host, payer: DeploymentPayer.Owner);
        // The mint is made, and then its key is damaged before it signs.
        var stored = await MakeMintAsync(owner);
        await FlipMintAsync(owner);

        await owner.AskForTokenAsync();
        await PatientWait.UntilAsync(
            async () => await FailuresAsync(owner.Agent.Id) > 0 ? "told" : null,
            "the mint's key to have been tried"
        );
        (await owner.TransactionsAsync()).SelectMany(t => t.Attempts).ShouldBeEmpty();
        await StoreMintAsync(owner, stored);

        await host.SweepAsync();

        (await owner.PreparedAsync()).MintSignature.ShouldNotBeNull();
        (await FailuresAsync(owner.Agent.Id)).ShouldBe(1);
        (await OpeningsAsync(owner.Agent.Id)).ShouldBe(1);
    }

    [Fact]
    public async Task A_sweeper_asks_for_the_same_agent_once_however_often_it_passes()
    {
        var owner = await DeployingOwner.CreateAsync(host);
        var agents = (Guid[])[owner.Agent.Id];

        (await host.WithAsync(db => db.ClaimWakeUpsAsync(agents, CancellationToken.None))).ShouldBe(agents);
        (await host.WithAsync(db => db.ClaimWakeUpsAsync(agents, CancellationToken.None))).ShouldBeEmpty();
        foreach (var minutes in (int[])[2, 4, 8, 15, 15])
        {
            await host.WithAsync(db =>
                db.Database.ExecuteSqlAsync($"UPDATE agent_wake_ups SET next_at = now() WHERE agent_id = {agents[0]}")
            );
            (await host.WithAsync(db => db.ClaimWakeUpsAsync(agents, CancellationToken.None))).ShouldBe(agents);
            (await NextInAsync(agents[0])).ShouldBe(TimeSpan.FromMinutes(minutes), TimeSpan.FromSeconds(20));
        }
    }

    /// <summary>What was signed is over by the time that the key opens, so that its owner is asked anew: the clock of the chain decides nothing here.</summary>
    private async Task FinishAsync(DeployingOwner owner, TransactionAttempt prepared)
    {
        await host.WarpToAsync(prepared.LastValidBlockHeight + 1);
        await host.SweepAsync();
        await owner.SubmitAsync(await owner.PreparedAsync(prepared.Number + 1));
        (await host.OutcomeAsync(owner.Agent.Id)).ShouldBeOfType<TokenCreationSucceeded>();
    }

    private Task<int> OpeningsAsync(Guid keyId) => CountAsync(keyId, KeyEventKind.Opened);

    private Task<int> FailuresAsync(Guid keyId) => CountAsync(keyId, KeyEventKind.Failed);

    private Task<int> CountAsync(Guid keyId, KeyEventKind kind) =>
        host.WithAsync(db => db.KeyEvents.CountAsync(e => e.KeyId == keyId && e.Kind == kind));

    private Task<TimeSpan> NextInAsync(Guid agentId) =>
        host.WithAsync(db =>
            db.Database.SqlQuery<TimeSpan>($"""SELECT next_at - now() AS "Value" FROM agent_wake_ups WHERE agent_id = {agentId}""")
                .SingleAsync()
        );

    private Task<string> MakeMintAsync(DeployingOwner owner) =>
        host.WithAsync(
            async (services, db) =>
            {
                var vault = (Domain.Keys.IDeploymentKeys)services.GetService(typeof(Domain.Keys.IDeploymentKeys))!;
                var made = await vault.CreateMintKeyAsync(owner.Agent.Id, TestContext.Current.CancellationToken);
                db.MintKeys.Add(made);
                await db.SaveChangesAsync();
                return made.EncryptedPrivateKey;
            }
        );

    /// <returns>What was stored before.</returns>
    private async Task<string> FlipMintAsync(DeployingOwner owner)
    {
        var stored = await host.WithAsync(db =>
            db.MintKeys.Where(k => k.AgentId == owner.Agent.Id).Select(k => k.EncryptedPrivateKey).SingleAsync()
        );
        await StoreMintAsync(owner, stored[..^1] + (stored[^1] == '0' ? '1' : '0'));
        return stored;
    }

    private Task StoreMintAsync(DeployingOwner owner, string stored) =>
        host.WithAsync(db =>
            db.MintKeys.Where(k => k.AgentId == owner.Agent.Id).ExecuteUpdateAsync(s => s.SetProperty(k => k.EncryptedPrivateKey, stored))
        );
}
