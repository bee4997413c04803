using Clones.Api.Auth;
using Clones.Api.Operations;
using Clones.Api.Pools;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Contracts.Agents;
using Clones.Domain.Agents;
using Clones.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Agents;

internal static class CreateAgentEndpoint
{
    private const string Kind = "REGISTER";

    public static void MapAgentCreation(this IEndpointRouteBuilder agents) =>
        agents
            .MapPost("/", CreateAsync)
            .RequireAuthorization(Policies.Owner)
            .WithName("createAgent")
            .WithSummary("Create an agent of a training pool")
            .WithProblems(400, 401, 403, 404, 409, 422);

    private static async Task<Created<AgentView>> CreateAsync(
        CreateAgentRequest body,
        HttpContext context,
        Caller caller,
        IdempotencyKey? key,
        ClonesDbContext db,
        OperationStarter operations,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var hash = IdempotencyKey.HashOf(Kind, null, body);
        var operation = await operations.FindAsync(caller, key, hash, cancellationToken);
        if (operation is null)
        {
            var agent = Parse(body, caller, time.GetUtcNow());
            await db.FindOwnPoolAsync(agent.TrainingPoolId, caller, cancellationToken);
            if (await db.Agents.AnyAsync(a => a.TrainingPoolId == agent.TrainingPoolId, cancellationToken))
            {
                throw Exists();
            }

            db.Agents.Add(agent);
            operation = operations.New(Kind, caller, key, hash, agentId: agent.Id);
            var message = new RegisterAgent
            {
                AgentId = agent.Id,
                OperationId = operation.Id,
                Actor = caller.Id,
            };
            try
            {
                operation = await operations.StartAsync(operation, message, caller, cancellationToken);
            }
            catch (DbUpdateException e) when (OperationStarter.IsUniqueViolation(e))
            {
                throw Exists();
            }
        }
        var row = await db.FindAgentAsync(operation.AgentId!.Value, caller, cancellationToken);
        EntityTag.Write(context, row.Version);
        return TypedResults.Created($"/v1/agents/{row.Agent.Id}", AgentView.Of(row));
    }

    private static Agent Parse(CreateAgentRequest body, Caller caller, DateTimeOffset now)
    {
        var fields = new Fields();
        var name = fields.Text<AgentName>("name", body.Name);
        var ticker = fields.Text<Ticker>("ticker", body.Ticker);
        var description = fields.Text<AgentDescription>("description", body.Description);
        var logo = fields.OptionalText<LogoUrl>("logoUrl", body.LogoUrl);
        var supply = fields.Text<TokenSupply>("supply", body.Supply);
        var decimals = fields.Number<TokenDecimals>("decimals", body.Decimals);
        var liquidity = fields.Text<Liquidity>("minimumLiquidity", body.MinimumLiquidity);
        var gated = fields.Number<GatedPercentage>("gatedPercentage", body.GatedPercentage);
        var standard = fields.OptionalText<ChosenStandard>("tokenStandard", body.TokenStandard);
        var payer = fields.OptionalText<ChosenPayer>("deploymentPayer", body.DeploymentPayer);
        if (!fields.IsRejected("decimals") && supply.RejectWith(decimals) is { } tooLarge)
        {
            fields.Reject<TokenSupply>("supply", tooLarge.Reason);
        }

        fields.ThrowIfRejected();

        return new Agent
        {
            Id = Guid.CreateVersion7(now),
            TrainingPoolId = body.TrainingPoolId,
            OwnerAddress = caller.OwnWallet().ToString(),
            Name = name.Value,
            Ticker = ticker.Value,
            Description = description.Value,
            LogoUrl = logo?.Value,
            Supply = supply.Value,
            Decimals = decimals.Value,
            MinimumLiquidityLamports = liquidity.Lamports,
            GatedPercentage = gated.Value,
            TokenStandard = standard?.Value ?? TokenStandard.Token2022,
            DeploymentPayer = payer?.Value ?? DeploymentPayer.DepositWallet,
            KeepsMintAuthority = body.KeepMintAuthority,
            HasFreezeAuthority = body.FreezeAuthority,
            CreatedAt = now,
            UpdatedAt = now,
        };
    }

    private static ProblemException Exists() =>
        new(new Problem(409, ProblemCode.AgentExists, "The training pool has an agent; a training pool has at most one."));
}
