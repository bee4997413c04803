using Clones.Client;
using Clones.Solana.Primitives;

namespace Clones.Demo;

/// <summary>What the story left behind, for the audit.</summary>
internal sealed record StoryResult(
    Guid TrainingPoolId,
    Guid AgentId,
    PublicKey DepositWallet,
    PublicKey Mint,
    ulong FundedLamports,
    ulong FundedTokens,
    IReadOnlyList<PaymentView> Payments,
    IReadOnlyList<OwnerTransactionView> OwnerTransactions,
    IReadOnlyList<TransitionView> History,
    string Rejection
);

/// <summary>The main job as its users live it: an owner with a wallet, a service that pays, a service that grades.</summary>
internal sealed class Story(DemoSettings settings, OwnerWallet wallet, Cluster cluster, Narrator narrator, TimeProvider time) : IDisposable
{
    private const int RewardCount = 25;
    private const ulong OneToken = 1_000_000;
    private const ulong FundedLamports = 20_000_000_000;
    private const ulong FundedTokens = 10_000 * OneToken;

    /// <summary>Long enough for workers that are killed on the way and started again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(250);

    private readonly ClonesClient owner = Callers.Of(settings.ApiUrl, wallet);
    private readonly ClonesClient operatorApi = Callers.WithKey(settings.ApiUrl, settings.OperatorApiKey);
    private readonly ClonesClient payingService = Callers.WithKey(settings.ApiUrl, settings.ServiceApiKey);

    public async Task<StoryResult> TellAsync(CancellationToken cancellation)
    {
        narrator.Say($"Owner's wallet {wallet.Address}: 100 SOL from the faucet");
        await cluster.AirdropAsync(wallet.Account.PublicKey, 100_000_000_000, cancellation);

        var mint = await cluster.CreateTokenAsync(wallet.Account, 1_000_000 * OneToken, cancellation);
        var symbol = $"DEV{mint.ToString().ToUpperInvariant().Where(char.IsAsciiLetterOrDigit).Take(5).Aggregate("", (s, c) => s + c)}";
        await operatorApi.PutTokenAsync(symbol, new ListTokenRequest { Mint = mint.ToString() }, cancellation);
        narrator.Say($"Development token {symbol} created on the cluster and listed: mint {mint}");

        var trainingPool = await CreateTrainingPoolAsync(symbol, cancellation);
        var depositWallet = PublicKey.Parse(trainingPool.DepositAddress!);
        await cluster.FundAsync(wallet.Account, depositWallet, FundedLamports, mint, FundedTokens, cancellation);
        trainingPool = (await owner.RefreshPoolAsync(trainingPool.Id, wait: Callers.Wait, cancellationToken: cancellation)).Done;
        narrator.Say($"Deposit wallet {depositWallet} funded with 20 SOL and 10,000 {symbol}: training pool is {trainingPool.Status}");

        var agentId = await CreateAgentAsync(trainingPool.Id, cancellation);
        var payments = PayAsync(trainingPool, cancellation);
        var ownerTransactions = await DeployAsync(agentId, cancellation);
        var paid = await payments;
        var rejection = await RetireAsync(agentId, cancellation);

        return new StoryResult(
            trainingPool.Id,
            agentId,
            depositWallet,
            mint,
            FundedLamports,
            FundedTokens,
            paid,
            ownerTransactions,
            await owner.EnumerateAgentHistoryAsync(agentId, cancellation).ToListAsync(cancellation),
            rejection
        );
    }

    private async Task<PoolView> CreateTrainingPoolAsync(string symbol, CancellationToken cancellation)
    {
        var spec = new CreatePoolRequest
        {
            Name = "Spreadsheet demonstrations",
            TokenSymbol = symbol,
            PricePerDemo = "10",
            Skills = ["spreadsheets"],
        };
        var started = await owner.CreatePoolAsync(spec, wait: Callers.Wait, cancellationToken: cancellation);
        var pool = started.Result ?? await FollowedAsync(started.Operation!, cancellation);
        narrator.Say($"Training pool {pool.Id} created: its deposit wallet's key was made by the workers and is stored encrypted");
        return pool;
    }

    private async Task<PoolView> FollowedAsync(OperationView operation, CancellationToken cancellation)
    {
        operation = await owner.WaitAsync(operation, Patience, cancellation);
        return operation.Status == OperationStatuses.Succeeded
            ? await owner.GetPoolAsync(operation.TrainingPoolId!.Value, cancellation)
            : throw new InvalidOperationException($"{operation.Kind} is {operation.Status}: {operation.Error?.Detail}");
    }

    private async Task<Guid> CreateAgentAsync(Guid trainingPoolId, CancellationToken cancellation)
    {
        var spec = new CreateAgentRequest
        {
            TrainingPoolId = trainingPoolId,
            Name = "Spreadsheet hand",
            Ticker = "SHEET",
            Description = "Fills in spreadsheets as its trainers have shown it.",
            Supply = "1000000",
            Decimals = 6,
            MinimumLiquidity = "1.5",
            GatedPercentage = 10,
        };
        var agent = await owner.CreateAgentAsync(spec, cancellationToken: cancellation);
        narrator.Say($"Agent {agent.Id} created: {agent.Status}");
        return agent.Id;
    }

    private async Task<IReadOnlyList<OwnerTransactionView>> DeployAsync(Guid agentId, CancellationToken cancellation)
    {
        var agent = (await owner.DeployAgentAsync(agentId, wait: Callers.Wait, cancellationToken: cancellation)).Done;
        narrator.Say($"INITIATE_DEPLOYMENT -> {agent.Status}");
        var token = await SignAtHomeAsync(agentId, OwnerTransactionKinds.TokenCreation, "TOKEN_CREATED", cancellation);

        agent = (await owner.CreateLiquidityPoolAsync(agentId, wait: Callers.Wait, cancellationToken: cancellation)).Done;
        narrator.Say($"INITIATE_POOL_CREATION -> {agent.Status}");
        var liquidityPool = await SignAtHomeAsync(agentId, OwnerTransactionKinds.PoolCreation, "DEPLOYED", cancellation);
        return [token, liquidityPool];
    }

    private async Task<OwnerTransactionView> SignAtHomeAsync(Guid agentId, string kind, string leadsTo, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        string? signed = null;
        while (true)
        {
            var agent = await owner.GetAgentAsync(agentId, cancellation);
            if (agent.Status == "FAILED")
            {
                throw new InvalidOperationException($"The deployment failed: {agent.LastError}");
            }

            if (agent.Status == leadsTo)
            {
                narrator.Say(
                    agent.LiquidityPool is { } pool
                        ? $"Liquidity pool {pool.Address} finalized in slot {pool.Slot} -> {agent.Status}"
                        : $"Token {agent.Token!.Mint} finalized in slot {agent.Token.Slot} -> {agent.Status}"
                );
                return await owner.GetOwnerTransactionAsync(agentId, kind, cancellationToken: cancellation);
            }
            if (time.GetElapsedTime(started) > Patience)
            {
                throw new TimeoutException($"The agent is {agent.Status} and did not become {leadsTo} within {Patience}.");
            }

            signed = await SignWhatWaitsAsync(agentId, kind, signed, cancellation);
            await Task.Delay(PollEvery, time, cancellation);
        }
    }

    // On a slow machine a transaction may expire before or after it is signed; its renewal waits for the owner again.
    private async Task<string?> SignWhatWaitsAsync(Guid agentId, string kind, string? signed, CancellationToken cancellation)
    {
        var offered = await owner.GetOwnerTransactionAsync(agentId, kind, Callers.Wait, cancellation);
        if (offered.Transaction is not { } unsigned || unsigned == signed)
        {
            return signed;
        }

        try
        {
            await owner.SubmitOwnerTransactionAsync(
                agentId,
                kind,
                new SignedTransactionRequest { Transaction = wallet.Sign(unsigned) },
                cancellation
            );
            narrator.Say($"Owner signed the {kind} at home and posted it back{(signed is null ? "" : ", anew: the one before expired")}");
        }
        catch (ClonesProblemException e) when (e.Code == "transaction_expired")
        {
            narrator.Say($"The {kind} expired before it was signed; asking for a fresh one");
        }
        return unsigned;
    }

    private async Task<IReadOnlyList<PaymentView>> PayAsync(PoolView trainingPool, CancellationToken cancellation)
    {
        var run = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        var sent = await Task.WhenAll(Enumerable.Range(1, RewardCount).Select(i => PayRewardAsync(trainingPool.Id, run, i, cancellation)));
        narrator.Say($"{sent.Length} rewards to {sent.Length} fresh wallets accepted");

        var withdrawal = await owner.CreateWithdrawalAsync(
            trainingPool.Id,
            new WithdrawalRequest
            {
                Recipient = wallet.Address,
                Amount = "123.456789",
                TokenSymbol = trainingPool.TokenSymbol,
            },
            $"{run}-withdrawal",
            cancellation
        );
        narrator.Say($"Withdrawal of {withdrawal.Amount} {withdrawal.TokenSymbol} to the owner accepted");

        await GradingService.PublishGradedAsync(
            settings.RabbitMqUrl,
            new
            {
                submissionId = $"{run}-submission",
                trainingPoolId = trainingPool.Id,
                submitter = FreshWallet(),
                score = 82,
            },
            cancellation
        );
        narrator.Say("SubmissionGraded (score 82) published as plain JSON straight to RabbitMQ");

        return await UntilPaidAsync(trainingPool.Id, RewardCount + 2, cancellation);
    }

    private Task<PaymentView> PayRewardAsync(Guid trainingPoolId, string run, int number, CancellationToken cancellation) =>
        payingService.CreatePaymentAsync(
            new CreatePaymentRequest
            {
                TrainingPoolId = trainingPoolId,
                Recipient = FreshWallet(),
                Amount = $"{number}.5",
                Reference = $"reward {number}",
            },
            $"{run}-{number}",
            cancellation
        );

    private async Task<IReadOnlyList<PaymentView>> UntilPaidAsync(Guid trainingPoolId, int count, CancellationToken cancellation)
    {
        var deadline = time.GetTimestamp();
        var shown = 0;
        while (true)
        {
            var payments = await owner
                .EnumeratePaymentsAsync(trainingPoolId: trainingPoolId, cancellationToken: cancellation)
                .ToListAsync(cancellation);
            if (payments.FirstOrDefault(p => p.Status == "FAILED") is { } failed)
            {
                throw new InvalidOperationException($"Payment {failed.Id} failed: {failed.Reason}");
            }

            var completed = payments.Count(p => p.Status == "COMPLETED");
            if (completed > shown)
            {
                narrator.Say($"{completed} of {count} payments finalized on chain");
            }

            shown = completed;
            if (completed == count)
            {
                return payments;
            }

            if (time.GetElapsedTime(deadline) > Patience)
            {
                throw new TimeoutException($"{count - completed} of {count} payments are not finalized after {Patience}.");
            }

            await Task.Delay(PollEvery, time, cancellation);
        }
    }

    private async Task<string> RetireAsync(Guid agentId, CancellationToken cancellation)
    {
        var agent = (await owner.DeactivateAgentAsync(agentId, wait: Callers.Wait, cancellationToken: cancellation)).Done;
        narrator.Say($"DEACTIVATE -> {agent.Status}");
        var rejection = await RejectedAsync(agentId, cancellation);
        agent = (await owner.ArchiveAgentAsync(agentId, wait: Callers.Wait, cancellationToken: cancellation)).Done;
        narrator.Say($"ARCHIVE -> {agent.Status}");
        return rejection;
    }

    /// <summary>Sends an event that is not valid in the agent's state and demands a clear rejection.</summary>
    private async Task<string> RejectedAsync(Guid agentId, CancellationToken cancellation)
    {
        try
        {
            await owner.DeployAgentAsync(agentId, wait: Callers.Wait, cancellationToken: cancellation);
        }
        catch (ClonesProblemException e) when (e is { Status: 409, Code: "event_not_valid" })
        {
            narrator.Say($"An event that is not valid was rejected: {e.Detail}");
            return e.Message;
        }
        throw new InvalidOperationException("The deployment was accepted although it is not valid in the agent's status.");
    }

    public void Dispose()
    {
        owner.Dispose();
        operatorApi.Dispose();
        payingService.Dispose();
    }

    private static string FreshWallet()
    {
        using var account = Account.Generate();
        return account.PublicKey.ToString();
    }
}
