using Clones.Contracts.Agents;
using Clones.Domain;
using Clones.Domain.Agents;
using Clones.Domain.Operations;
using Clones.Domain.Tokens;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Persistence;
using Clones.Persistence.Agents;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Tests.Hosting;

/// <summary>Writes the rows that the workers would write.</summary>
internal static class StandIn
{
    /// <summary>A listed token with a mint on the scripted chain.</summary>
    public static async Task<Token> ListTokenAsync(this ApiFixture api, byte decimals = 6)
    {
        var mint = api.Chain.AddMint(decimals);
        var token = new Token
        {
            Symbol = $"T{Convert.ToHexString(Guid.NewGuid().ToByteArray())[..8]}",
            Mint = mint.ToString(),
            Decimals = decimals,
            TokenProgram = TokenProgram.Id.ToString(),
            UpdatedAt = DateTimeOffset.UnixEpoch,
        };
        await using var db = api.OpenDatabase();
        db.Tokens.Add(token);
        await db.SaveChangesAsync();
        return token;
    }

    /// <summary>A training pool through the API, then its wallet as the workers make it; funded on the scripted chain.</summary>
    public static async Task<(Guid PoolId, PublicKey Wallet)> CreateFundedPoolAsync(
        this ApiFixture api,
        Owner owner,
        Token token,
        ulong lamports = 1_000_000_000,
        ulong tokens = 1_000_000_000
    )
    {
        var created = await owner.Http.SendJsonAsync(
            HttpMethod.Post,
            "/v1/pools",
            new
            {
                name = "Demos",
                tokenSymbol = token.Symbol,
                pricePerDemo = "10",
            }
        );
        created.Status.ShouldBe(202);
        var poolId = Guid.Parse(created.Text("trainingPoolId"));
        var wallet = await api.GiveWalletAsync(poolId);
        api.Chain.SetLamports(wallet, lamports);
        api.Chain.SetTokens(wallet, PublicKey.Parse(token.Mint!), tokens);
        return (poolId, wallet);
    }

    public static async Task<PublicKey> GiveWalletAsync(this ApiFixture api, Guid poolId)
    {
        using var account = Account.Generate();
        await using var db = api.OpenDatabase();
        var wallet = new DepositWallet
        {
            Id = Guid.CreateVersion7(),
            TrainingPoolId = poolId,
            Address = account.PublicKey.ToString(),
            Key = new DepositWalletKey { EncryptedPrivateKey = "ciphertext of the tests" },
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
        db.DepositWallets.Add(wallet);
        await db.SaveChangesAsync();
        await db.TrainingPools.Where(p => p.Id == poolId).ExecuteUpdateAsync(p => p.SetProperty(x => x.DepositWalletId, wallet.Id));
        return account.PublicKey;
    }

    public static object AgentBody(Guid poolId, string supply = "1000000", int decimals = 6) =>
        new
        {
            trainingPoolId = poolId,
            name = "Spreadsheet hand",
            ticker = "SHEET",
            description = "Fills in spreadsheets.",
            supply,
            decimals,
            minimumLiquidity = "1.5",
            gatedPercentage = 10,
        };

    public static async Task<Guid> CreateAgentAsync(this ApiFixture api, Owner owner, Guid poolId, string status = AgentStatus.Draft)
    {
        var created = await owner.Http.SendJsonAsync(HttpMethod.Post, "/v1/agents", AgentBody(poolId));
        created.Status.ShouldBe(201);
        await api.SetStatusAsync(created.Id, status);
        return created.Id;
    }

    public static async Task SetStatusAsync(this ApiFixture api, Guid agentId, string status)
    {
        await using var db = api.OpenDatabase();
        var life = await db.AgentLifecycles.FindAsync(agentId);
        if (life is null)
        {
            life = new AgentLifecycleInstance { CorrelationId = agentId, CreatedAt = DateTimeOffset.UnixEpoch };
            db.AgentLifecycles.Add(life);
        }
        life.CurrentState = UpperSnakeCase.ToPascalCase(status);
        life.Version++;
        await db.SaveChangesAsync();
    }

    /// <summary>A prepared attempt of a token creation; pays by the deposit wallet, signed by it and the owner.</summary>
    /// <param name="mint">Where the owner pays: has signed already, and the deposit wallet has nothing to do with it.</param>
    public static async Task<(ChainTransaction Transaction, Message Message)> PrepareAsync(
        this ApiFixture api,
        Guid agentId,
        Guid poolId,
        Owner owner,
        PublicKey depositWallet,
        ulong lastValidBlockHeight = 2_000,
        Account? mint = null
    )
    {
        await using var db = api.OpenDatabase();
        var wallet = await db.DepositWallets.SingleAsync(w => w.TrainingPoolId == poolId);
        var transaction = await db.Transactions.SingleOrDefaultAsync(t => t.AgentId == agentId);
        if (transaction is null)
        {
            transaction = new ChainTransaction
            {
                Id = Guid.CreateVersion7(),
                Kind = TransactionKind.TokenCreation,
                Status = TransactionStatus.Accepted,
                WalletId = wallet.Id,
                AgentId = agentId,
                CreatedAt = DateTimeOffset.UnixEpoch,
            };
            db.Transactions.Add(transaction);
        }
        transaction.AttemptNumber++;
        var message = new TransactionBuilder()
            .SetFeePayer(mint is null ? depositWallet : owner.Wallet.PublicKey)
            .SetRecentBlockhash(new Blockhash(Guid.NewGuid().ToByteArray().Concat(new byte[16]).ToArray()))
            .AddInstruction(
                MemoProgram.Write($"{transaction.Id}:{transaction.AttemptNumber}", mint?.PublicKey ?? depositWallet, owner.Wallet.PublicKey)
            )
            .BuildMessage();
        db.TransactionAttempts.Add(
            new TransactionAttempt
            {
                TransactionId = transaction.Id,
                Number = transaction.AttemptNumber,
                Status = AttemptStatus.Prepared,
                MessageBytes = message.Serialize(),
                Payer = mint is null ? DeploymentPayer.DepositWallet : DeploymentPayer.Owner,
                MintSignature = mint?.Sign(message.Serialize()).ToString(),
                Blockhash = message.RecentBlockhash.ToString(),
                LastValidBlockHeight = lastValidBlockHeight,
                ContextSlot = 1_000,
                GenesisHash = message.RecentBlockhash.ToString(),
                FeeLamportsMax = 10_000,
                Terms = new DeploymentTerms(["Creates a token."], new DeploymentCost(15_000, 2_000_000, 0, 0)).ToJson(),
                CreatedAt = DateTimeOffset.UnixEpoch,
            }
        );
        await db.SaveChangesAsync();
        return (transaction, message);
    }

    /// <summary>Answers the next pending operation of this kind and agent (or pool), as soon as it is there.</summary>
    public static async Task AnswerAsync(this ApiFixture api, string kind, Guid subject, Func<ClonesDbContext, Operation, Task> answer)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            await using var db = api.OpenDatabase();
            var operation = await db.Operations.FirstOrDefaultAsync(
                o => o.Kind == kind && o.Status == OperationStatus.Pending && (o.AgentId == subject || o.TrainingPoolId == subject),
                limit.Token
            );
            if (operation is not null)
            {
                await answer(db, operation);
                operation.CompletedAt = DateTimeOffset.UnixEpoch;
                await db.SaveChangesAsync(limit.Token);
                return;
            }
            await Task.Delay(10, limit.Token);
        }
    }
}
