using Clones.Contracts.Agents;
using Clones.Domain.Agents;
using Clones.Domain.Transactions;
using Clones.Testing;
using Clones.Testing.Hosts;

namespace Clones.Settlement.Tests.Deployments.Faults;

/// <summary>Row 24 for deployments: the workers go on with a copy of the database that is older than the token on chain.</summary>
public sealed class ForgottenDeploymentTests(DeploymentFaultHost host) : IClassFixture<DeploymentFaultHost>
{
    private const TransactionKind Token = TransactionKind.TokenCreation;

    [Fact]
    public async Task Row_24_a_database_restored_to_before_token_creations_makes_none_a_second_time()
    {
        // In the copy the first four have no mint key, the last one has its key and was not signed.
        var lost = await FaultyDeployment.CreateAsync(host);
        var retried = await FaultyDeployment.CreateAsync(host);
        var hasty = await FaultyDeployment.CreateAsync(host);
        var paid = await FaultyDeployment.CreateAsync(host, DeploymentPayer.Owner);
        var kept = await FaultyDeployment.CreateAsync(host);
        var toSign = await kept.AskAsync(Token);
        await host.StopAllAsync();
        await host.BackUpAsync();
        await host.StartAnotherAsync();
        await kept.SignOrRenewAsync(toSign);
        await lost.SignAsync(await lost.AskAsync(Token));
        await hasty.SignAsync(await hasty.AskAsync(Token));
        await paid.SignAsync(await paid.AskAsync(Token));
        await retried.AskAsync(Token);
        await retried.CancelAsync();
        await retried.UntilAsync(AgentStatus.Draft);
        await retried.SignAsync(await retried.AskAsync(Token));
        FaultyDeployment[] forgotten = [lost, retried, hasty, paid];
        foreach (var deployment in forgotten.Append(kept))
        {
            await deployment.ShouldHaveLandedOnceAsync(Token);
        }
        var mint = (await kept.UntilAsync(AgentStatus.TokenCreated)).TokenMint;
        var signatures = new Dictionary<FaultyDeployment, string>();
        foreach (var deployment in forgotten)
        {
            signatures[deployment] = (await deployment.UntilAttemptAsync(Token, AttemptStatus.Finalized)).Signature!;
        }

        await host.StopAllAsync();
        await host.RestoreAsync();
        await host.StartAnotherAsync();
        await host.UntilFenceAsync(isOpen: false);
        await hasty.CommandAsync(Token);
        await host.PassFenceAsync();

        await lost.CommandAsync(Token);
        await retried.CommandAsync(Token);
        await paid.CommandAsync(Token);
        await kept.RenewAsync(Token);
        foreach (var deployment in forgotten)
        {
            var failed = await deployment.UntilAsync(AgentStatus.Failed);
            failed.LastError.ShouldNotBeNull().ShouldContain(signatures[deployment]);
            await deployment.RetryAsync();
        }
        foreach (var deployment in forgotten)
        {
            var again = await PatientWait.UntilAsync(
                async () => await deployment.UntilAsync(AgentStatus.Failed) is { ConsecutiveFailures: > 1 } life ? life : null,
                "the retry to be rejected"
            );
            again.LastError.ShouldNotBeNull().ShouldContain(signatures[deployment]);
            (await deployment.AttemptsAsync(Token))
                .Where(a => a.WireBytes is not null && a.Signature != signatures[deployment])
                .ShouldBeEmpty();
            (await deployment.SuccessesOnChainAsync()).ShouldBe(1);
        }
        var adopted = await kept.UntilAsync(AgentStatus.TokenCreated);
        adopted.TokenMint.ShouldBe(mint);
        (await kept.SuccessesOnChainAsync()).ShouldBe(1);
    }
}
