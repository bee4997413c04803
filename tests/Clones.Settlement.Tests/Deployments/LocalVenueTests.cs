using Clones.Contracts.Agents;
using Clones.Domain.Agents;
using Clones.Domain.Transactions;
using Clones.Settlement.Deployments;
using Clones.Settlement.Deployments.Venues;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Settlement.Tests.Deployments;

public sealed class LocalVenueTests(DeploymentHost host) : IClassFixture<DeploymentHost>
{
    [Theory]
    [InlineData(TokenStandard.Token2022, 1_000_000UL, 6, 10, 900_000_000_000UL)]
    [InlineData(TokenStandard.SplToken, 1_001UL, 0, 33, 670UL)]
    public async Task The_pool_locks_the_promised_amounts_for_this_agent(
        TokenStandard standard,
        ulong supply,
        int decimals,
        int gated,
        ulong locked
    )
    {
        var owner = await DeployingOwner.CreateAsync(host, standard: standard, supply: supply, decimals: decimals, gated: gated);

        var (token, pool) = await CreatePoolAsync(owner);

        var address = PublicKey.Parse(pool.PoolAddress);
        address.ShouldBe(LocalVenue.LockOf(owner.Agent.Id));
        var program = TokenSpec.ProgramOf(standard);
        var vault = LocalVenue.VaultOf(owner.Agent.Id, owner.Account.PublicKey, program);
        (await host.Rpc.Primary.GetTokenAccountBalanceAsync(vault)).Value.Amount.ShouldBe(locked);
        (await host.Rpc.Primary.GetBalanceAsync(address)).Value.ShouldBe(500_000_000UL);
        var kept = AssociatedTokenAccountProgram.FindAddress(owner.Account.PublicKey, PublicKey.Parse(token.Mint), program);
        var amounts = DeploymentAmounts.Of(owner.Agent);
        (await host.Rpc.Primary.GetTokenAccountBalanceAsync(kept)).Value.Amount.ShouldBe(amounts.Supply - locked);
    }

    [Theory]
    [InlineData(TokenStandard.Token2022)]
    [InlineData(TokenStandard.SplToken)]
    public async Task A_token_whose_rights_were_kept_goes_into_a_pool_like_any_other(TokenStandard standard)
    {
        var owner = await DeployingOwner.CreateAsync(host, standard: standard, keepsRights: true, payer: DeploymentPayer.Owner);

        var (_, pool) = await CreatePoolAsync(owner);

        pool.PoolAddress.ShouldBe(LocalVenue.LockOf(owner.Agent.Id).ToString());
    }

    [Fact]
    public async Task A_second_landing_is_rejected_by_the_chain_itself()
    {
        var owner = await DeployingOwner.CreateAsync(host, gated: 50);
        var (token, _) = await CreatePoolAsync(owner);

        var spec = SpecOf(owner, token);
        var venue = await host.WithAsync((services, _) => services.GetRequiredService<LiquidityVenueSelector>().SelectAsync(default));
        var plan = await venue.PlanAsync(spec, TestContext.Current.CancellationToken);
        var latest = await host.Rpc.Primary.GetLatestBlockhashAsync();
        var message = DeploymentMessage.Build(plan, owner.Wallet, latest.Blockhash, 1, Guid.CreateVersion7(), 1);
        var again = await host.Rpc.Primary.SimulateTransactionAsync(new Transaction(message).Serialize());

        again.Value.Succeeded.ShouldBeFalse();
    }

    [Fact]
    public async Task A_stranger_who_makes_accounts_at_its_addresses_first_holds_no_pool_up()
    {
        var owner = await DeployingOwner.CreateAsync(host, payer: DeploymentPayer.Owner);
        var token = await owner.CreateTokenAsync();
        using var stranger = Account.Generate();
        await host.FundAsync(stranger.PublicKey, 1_000_000_000);
        var spec = SpecOf(owner, token);
        var vault = LocalVenue.VaultOf(owner.Agent.Id, spec.Owner, spec.TokenProgram);
        var latest = await host.Rpc.Primary.GetLatestBlockhashAsync();
        var meddling = new TransactionBuilder()
            .SetFeePayer(stranger.PublicKey)
            .SetRecentBlockhash(latest.Blockhash)
            .AddInstruction(
                AssociatedTokenAccountProgram.Create(stranger.PublicKey, LocalVenue.LockOf(owner.Agent.Id), spec.Mint, spec.TokenProgram)
            )
            .AddInstruction(SystemProgram.Transfer(stranger.PublicKey, vault, 5_000_000))
            .AddInstruction(SystemProgram.Transfer(stranger.PublicKey, LocalVenue.LockOf(owner.Agent.Id), 5_000_000))
            .Build(stranger);
        await host.Rpc.Primary.SendTransactionAsync(meddling.Serialize());
        await PatientWait.UntilAsync(
            async () =>
                (await host.Rpc.Primary.GetSignatureStatusesAsync([meddling.Id])).Value[0]
                    is { Succeeded: true, ConfirmationStatus: Commitment.Finalized }
                    ? "final"
                    : null,
            "the stranger's transaction to be final"
        );

        await owner.MoveToAsync(AgentStatus.PendingPoolSignature);
        await owner.AskForPoolAsync();
        await owner.SubmitAsync(await owner.PreparedAsync(kind: TransactionKind.PoolCreation));

        (await host.OutcomeAsync(owner.Agent.Id, 2))
            .ShouldBeOfType<PoolCreationSucceeded>()
            .PoolAddress.ShouldBe(LocalVenue.LockOf(owner.Agent.Id).ToString());
    }

    [Fact]
    public async Task A_pool_that_is_on_chain_already_is_adopted()
    {
        var owner = await DeployingOwner.CreateAsync(host);
        var (_, first) = await CreatePoolAsync(owner);
        await host.WithAsync(db =>
            db.ForgeAsync(() =>
                db
                    .Transactions.Where(t => t.AgentId == owner.Agent.Id && t.Kind == TransactionKind.PoolCreation)
                    .ExecuteUpdateAsync(s => s.SetProperty(t => t.Status, TransactionStatus.Cancelled))
            )
        );

        await owner.AskForPoolAsync();

        var second = (await host.OutcomeAsync(owner.Agent.Id, 3)).ShouldBeOfType<PoolCreationSucceeded>();
        (second.PoolAddress, second.Signature).ShouldBe((first.PoolAddress, first.Signature));
        var adopted = (await owner.TransactionsAsync(TransactionKind.PoolCreation)).ShouldHaveSingleItem();
        adopted.Status.ShouldBe(TransactionStatus.Finalized);
        adopted.Attempts.ShouldHaveSingleItem("nothing was prepared a second time").Signature.ShouldBe(first.Signature);
    }

    [Fact]
    public async Task Tokens_that_the_owner_gave_away_fail_the_pool_in_words()
    {
        var owner = await DeployingOwner.CreateAsync(host);
        var token = await owner.CreateTokenAsync();
        await BurnAsync(owner, PublicKey.Parse(token.Mint), 200_000_000_000);
        await owner.MoveToAsync(AgentStatus.PendingPoolSignature);

        await owner.AskForPoolAsync();

        var failure = (await host.OutcomeAsync(owner.Agent.Id, 2)).ShouldBeOfType<FailDeployment>();
        failure.Reason.ShouldContain("needs 900,000 ADA1");
        failure.Reason.ShouldContain("holds 800,000");
    }

    [Fact]
    public async Task A_transaction_that_the_chain_rejects_fails_the_deployment_and_frees_its_reservation()
    {
        var owner = await DeployingOwner.CreateAsync(host);
        var token = await owner.CreateTokenAsync();
        await owner.MoveToAsync(AgentStatus.PendingPoolSignature);
        await owner.AskForPoolAsync();
        await owner.PreparedAsync(kind: TransactionKind.PoolCreation);
        await BurnAsync(owner, PublicKey.Parse(token.Mint), 200_000_000_000);

        var prepared = (await owner.TransactionsAsync(TransactionKind.PoolCreation))
            .Single()
            .Attempts.Last(a => a.Status == AttemptStatus.Prepared);
        await owner.SubmitAsync(prepared);

        var failure = (await host.OutcomeAsync(owner.Agent.Id, 2)).ShouldBeOfType<FailDeployment>();
        failure.TransactionId.ShouldBe(prepared.TransactionId);
        failure.Reason.ShouldContain("InstructionError");
        var open = await host.WithAsync(db => db.WalletReservations.CountAsync(r => r.WalletId == owner.WalletId && r.ReleasedAt == null));
        open.ShouldBe(0);
    }

    [Fact]
    public async Task Too_little_SOL_for_the_liquidity_fails_the_pool_with_the_sums()
    {
        var owner = await DeployingOwner.CreateAsync(host, lamports: 100_000_000, liquidityLamports: 400_000_000);
        await owner.CreateTokenAsync();
        await owner.MoveToAsync(AgentStatus.PendingPoolSignature);

        await owner.AskForPoolAsync();

        var failure = (await host.OutcomeAsync(owner.Agent.Id, 2)).ShouldBeOfType<FailDeployment>();
        failure.Reason.ShouldContain("liquidity 400000000");
    }

    [Fact]
    public async Task Liquidity_below_what_the_chain_keeps_alive_is_rejected_in_words()
    {
        var owner = await DeployingOwner.CreateAsync(host, liquidityLamports: 5);
        await owner.CreateTokenAsync();
        await owner.MoveToAsync(AgentStatus.PendingPoolSignature);

        await owner.AskForPoolAsync();

        (await host.OutcomeAsync(owner.Agent.Id, 2)).ShouldBeOfType<FailDeployment>().Reason.ShouldContain("keeps no account");
    }

    private async Task<(TokenCreationSucceeded Token, PoolCreationSucceeded Pool)> CreatePoolAsync(DeployingOwner owner)
    {
        var token = await owner.CreateTokenAsync();
        await owner.MoveToAsync(AgentStatus.PendingPoolSignature);
        await owner.AskForPoolAsync();
        await owner.SubmitAsync(await owner.PreparedAsync(kind: TransactionKind.PoolCreation));
        return (token, (await host.OutcomeAsync(owner.Agent.Id, 2)).ShouldBeOfType<PoolCreationSucceeded>());
    }

    private async Task BurnAsync(DeployingOwner owner, PublicKey mint, ulong amount)
    {
        await host.FundAsync(owner.Account.PublicKey, 1_000_000_000);
        var holding = AssociatedTokenAccountProgram.FindAddress(owner.Account.PublicKey, mint, TokenProgram.Token2022Id);
        var latest = await host.Rpc.Primary.GetLatestBlockhashAsync();
        var burn = new TransactionBuilder()
            .SetFeePayer(owner.Account.PublicKey)
            .SetRecentBlockhash(latest.Blockhash)
            .AddInstruction(TokenProgram.Burn(holding, mint, owner.Account.PublicKey, amount, TokenProgram.Token2022Id))
            .Build(owner.Account);
        await host.Rpc.Primary.SendTransactionAsync(burn.Serialize());
        await PatientWait.UntilAsync(
            async () => (await host.Rpc.Primary.GetSignatureStatusesAsync([burn.Id])).Value[0]?.Succeeded == true ? "burnt" : null,
            "the burn to land"
        );
        await PatientWait.UntilAsync(
            async () => (await host.Rpc.Primary.GetTokenSupplyAsync(mint)).Value.Amount == 800_000_000_000 ? "final" : null,
            "the burn to be final"
        );
    }

    private static LiquidityPoolSpec SpecOf(DeployingOwner owner, TokenCreationSucceeded token) =>
        LiquidityPoolSpecs.Of(new Deployment(owner.Agent, owner.WalletId, owner.Wallet, PublicKey.Parse(token.Mint)));
}
