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
    string Refusal
);

/// <summary>The main job as its users live it: an owner with a wallet, a service that pays, a service that grades.</summary>
internal sealed class Story(DemoSettings settings, Cluster cluster, Narrator narrator, TimeProvider time)
{
    private const int RewardCount = 25;
    private const ulong OneToken = 1_000_000;
    private const ulong FundedLamports = 20_000_000_000;
    private const ulong FundedTokens = 10_000 * OneToken;

    /// <summary>Long enough for workers that are killed on the way and started again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(250);

    private readonly ClonesApi owner = ClonesApi.For(settings.ApiUrl);
    private readonly ClonesApi operatorApi = ClonesApi.For(settings.ApiUrl, settings.OperatorApiKey);
    private readonly ClonesApi payingService = ClonesApi.For(settings.ApiUrl, settings.ServiceApiKey);

    public async Task<StoryResult> TellAsync(OwnerWallet wallet, CancellationToken cancellation)
    {
        narrator.Say($"Owner's wallet {wallet.Address}: 100 SOL from the faucet");
        await cluster.AirdropAsync(wallet.Account.PublicKey, 100_000_000_000, cancellation);

        var mint = await cluster.CreateTokenAsync(wallet.Account, 1_000_000 * OneToken, cancellation);
        var symbol = $"DEV{mint.ToString().ToUpperInvariant().Where(char.IsAsciiLetterOrDigit).Take(5).Aggregate("", (s, c) => s + c)}";
        await operatorApi.PutAsync<object>($"/v1/tokens/{symbol}", new { mint = mint.ToString() }, cancellation);
        narrator.Say($"Development token {symbol} created on the cluster and listed: mint {mint}");

        await wallet.SignInAsync(owner, cancellation);
        var trainingPool = await CreateTrainingPoolAsync(symbol, cancellation);
        var depositWallet = PublicKey.Parse(trainingPool.DepositAddress!);
        await cluster.FundAsync(wallet.Account, depositWallet, FundedLamports, mint, FundedTokens, cancellation);
        trainingPool = await owner.PostAsync<PoolView>($"/v1/pools/{trainingPool.Id}/refresh", null, cancellation);
        narrator.Say($"Deposit wallet {depositWallet} funded with 20 SOL and 10,000 {symbol}: training pool is {trainingPool.Status}");

        var agentId = await CreateAgentAsync(trainingPool.Id, cancellation);
        var payments = PayAsync(trainingPool, wallet, cancellation);
        var ownerTransactions = await DeployAsync(agentId, wallet, cancellation);
        var paid = await payments;
        var refusal = await RetireAsync(agentId, cancellation);

        return new StoryResult(
            trainingPool.Id,
            agentId,
            depositWallet,
            mint,
            FundedLamports,
            FundedTokens,
            paid,
            ownerTransactions,
            await owner.ListAsync<TransitionView>($"/v1/agents/{agentId}/history", cancellation),
            refusal
        );
    }

    private async Task<PoolView> CreateTrainingPoolAsync(string symbol, CancellationToken cancellation)
    {
        var created = await owner.PostAsync<PoolView>(
            "/v1/pools",
            new
            {
                name = "Spreadsheet demonstrations",
                tokenSymbol = symbol,
                pricePerDemo = "10",
                skills = new[] { "spreadsheets" },
            },
            cancellation
        );
        var pool = await UntilAsync<PoolView>(owner, $"/v1/pools/{created.Id}", p => p.DepositAddress is not null, cancellation);
        narrator.Say($"Training pool {pool.Id} created: its deposit wallet's key was made by the workers and is stored encrypted");
        return pool;
    }

    private async Task<Guid> CreateAgentAsync(Guid trainingPoolId, CancellationToken cancellation)
    {
        var agent = await owner.PostAsync<AgentView>(
            "/v1/agents",
            new
            {
                trainingPoolId,
                name = "Spreadsheet hand",
                ticker = "SHEET",
                description = "Fills in spreadsheets as its trainers have shown it.",
                supply = "1000000",
                decimals = 6,
                minimumLiquidity = "1.5",
                gatedPercentage = 10,
            },
            cancellation
        );
        narrator.Say($"Agent {agent.Id} created: {agent.Status}");
        return agent.Id;
    }

    private async Task<IReadOnlyList<OwnerTransactionView>> DeployAsync(Guid agentId, OwnerWallet wallet, CancellationToken cancellation)
    {
        var agent = await owner.PostAsync<AgentView>($"/v1/agents/{agentId}/deploy", null, cancellation);
        narrator.Say($"INITIATE_DEPLOYMENT -> {agent.Status}");
        var token = await SignAtHomeAsync(agentId, "token-creation", wallet, "TOKEN_CREATED", cancellation);

        agent = await owner.PostAsync<AgentView>($"/v1/agents/{agentId}/create-pool", null, cancellation);
        narrator.Say($"INITIATE_POOL_CREATION -> {agent.Status}");
        var liquidityPool = await SignAtHomeAsync(agentId, "pool-creation", wallet, "DEPLOYED", cancellation);
        return [token, liquidityPool];
    }

    private async Task<OwnerTransactionView> SignAtHomeAsync(
        Guid agentId,
        string kind,
        OwnerWallet wallet,
        string leadsTo,
        CancellationToken cancellation
    )
    {
        var path = $"/v1/agents/{agentId}/transactions/{kind}";
        var started = time.GetTimestamp();
        string? signed = null;
        while (true)
        {
            var agent = await owner.GetAsync<AgentView>($"/v1/agents/{agentId}", cancellation);
            if (agent.Status == "FAILED")
                throw new InvalidOperationException($"The deployment failed: {agent.LastError}");
            if (agent.Status == leadsTo)
            {
                narrator.Say(
                    agent.LiquidityPool is { } pool
                        ? $"Liquidity pool {pool.Address} finalized in slot {pool.Slot} -> {agent.Status}"
                        : $"Token {agent.Token!.Mint} finalized in slot {agent.Token.Slot} -> {agent.Status}"
                );
                return await owner.GetAsync<OwnerTransactionView>(path, cancellation);
            }
            if (time.GetElapsedTime(started) > Patience)
                throw new TimeoutException($"The agent is {agent.Status} and did not become {leadsTo} within {Patience}.");

            signed = await SignWhatWaitsAsync(path, kind, wallet, signed, cancellation);
            await Task.Delay(PollEvery, time, cancellation);
        }
    }

    // On a slow machine a transaction may expire before or after it is signed; its renewal waits for the owner again.
    private async Task<string?> SignWhatWaitsAsync(
        string path,
        string kind,
        OwnerWallet wallet,
        string? signed,
        CancellationToken cancellation
    )
    {
        var offered = await owner.GetAsync<OwnerTransactionView>(path, cancellation);
        if (offered.Transaction is not { } unsigned || unsigned == signed)
            return signed;

        try
        {
            await owner.PostAsync<OwnerTransactionView>(path, new { transaction = wallet.Sign(unsigned) }, cancellation);
            narrator.Say($"Owner signed the {kind} at home and posted it back{(signed is null ? "" : ", anew: the one before expired")}");
        }
        catch (ApiProblemException e) when (e.Problem.Code == "transaction_expired")
        {
            narrator.Say($"The {kind} expired before it was signed; asking for a fresh one");
        }
        return unsigned;
    }

    private async Task<IReadOnlyList<PaymentView>> PayAsync(PoolView trainingPool, OwnerWallet wallet, CancellationToken cancellation)
    {
        var run = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        var sent = await Task.WhenAll(Enumerable.Range(1, RewardCount).Select(i => PayRewardAsync(trainingPool.Id, run, i, cancellation)));
        narrator.Say($"{sent.Length} rewards to {sent.Length} fresh wallets accepted");

        var withdrawal = await owner.PostAsync<PaymentView>(
            $"/v1/pools/{trainingPool.Id}/withdrawals",
            new
            {
                recipient = wallet.Address,
                amount = "123.456789",
                tokenSymbol = trainingPool.TokenSymbol,
            },
            cancellation,
            $"{run}-withdrawal"
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
        payingService.PostAsync<PaymentView>(
            "/v1/payments",
            new
            {
                trainingPoolId,
                recipient = FreshWallet(),
                amount = $"{number}.5",
                reference = $"reward {number}",
            },
            cancellation,
            $"{run}-{number}"
        );

    private async Task<IReadOnlyList<PaymentView>> UntilPaidAsync(Guid trainingPoolId, int count, CancellationToken cancellation)
    {
        var deadline = time.GetTimestamp();
        var shown = 0;
        while (true)
        {
            var payments = await owner.ListAsync<PaymentView>($"/v1/payments?trainingPoolId={trainingPoolId}", cancellation);
            if (payments.FirstOrDefault(p => p.Status == "FAILED") is { } failed)
                throw new InvalidOperationException($"Payment {failed.Id} failed: {failed.Reason}");
            var completed = payments.Count(p => p.Status == "COMPLETED");
            if (completed > shown)
                narrator.Say($"{completed} of {count} payments finalized on chain");
            shown = completed;
            if (completed == count)
                return payments;
            if (time.GetElapsedTime(deadline) > Patience)
                throw new TimeoutException($"{count - completed} of {count} payments are not finalized after {Patience}.");
            await Task.Delay(PollEvery, time, cancellation);
        }
    }

    private async Task<string> RetireAsync(Guid agentId, CancellationToken cancellation)
    {
        var agent = await owner.PostAsync<AgentView>($"/v1/agents/{agentId}/deactivate", null, cancellation);
        narrator.Say($"DEACTIVATE -> {agent.Status}");
        var refusal = await RefusedAsync($"/v1/agents/{agentId}/deploy", cancellation);
        agent = await owner.PostAsync<AgentView>($"/v1/agents/{agentId}/archive", null, cancellation);
        narrator.Say($"ARCHIVE -> {agent.Status}");
        return refusal;
    }

    /// <summary>Sends an event that is not valid in the agent's state and demands a clear refusal.</summary>
    private async Task<string> RefusedAsync(string path, CancellationToken cancellation)
    {
        try
        {
            await owner.PostAsync<AgentView>(path, null, cancellation);
        }
        catch (ApiProblemException e) when (e.Problem is { Status: 409, Code: "event_not_valid" })
        {
            narrator.Say($"An event that is not valid was refused: {e.Problem.Detail}");
            return e.Message;
        }
        throw new InvalidOperationException($"{path} was accepted although it is not valid in the agent's state.");
    }

    private async Task<T> UntilAsync<T>(ClonesApi api, string path, Func<T, bool> reached, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var value = await api.GetAsync<T>(path, cancellation);
            if (reached(value))
                return value;
            if (time.GetElapsedTime(started) > Patience)
                throw new TimeoutException($"{path} did not get there within {Patience}: {value}");
            await Task.Delay(PollEvery, time, cancellation);
        }
    }

    private static string FreshWallet()
    {
        using var account = Account.Generate();
        return account.PublicKey.ToString();
    }
}
