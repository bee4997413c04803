using Clones.Api.Auth;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Contracts.Agents;
using Clones.Domain.Agents;
using Clones.Persistence;
using Clones.Persistence.Agents;
using Clones.Persistence.Ledger;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Agents;

internal static class ChangeAgentEndpoint
{
    public static void MapAgentChange(this IEndpointRouteBuilder agents) =>
        agents
            .MapPatch("/{id}", ChangeAsync)
            .RequireAuthorization(Policies.Owner)
            .WithName("changeAgent")
            .WithSummary("Change an agent that is still a draft")
            .WithProblems(400, 401, 403, 404, 409, 412, 428);

    private static async Task<Ok<AgentView>> ChangeAsync(
        Guid id,
        ChangeAgentRequest body,
        HttpContext context,
        Caller caller,
        ClonesDbContext db,
        AgentLifecycles lifecycles,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        await lifecycles.AwaitAsync(await db.FindOwnAgentAsync(id, caller, cancellationToken), cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Under this lock the deployment cannot begin: what it will read of the agent is what is committed here.
        var life = await db.HoldLifecycleAsync(id, cancellationToken);
        var agent = await db.Agents.SingleAsync(a => a.Id == id, cancellationToken);
        var row = new AgentRow { Agent = agent, Life = life };
        EntityTag.Require(context, row.Version);
        if (row.Status != AgentStatus.Draft)
        {
            throw new ProblemException(
                new Problem(409, ProblemCode.AgentNotDraft, $"The agent is {row.Status}; it can be changed in {AgentStatus.Draft} only.")
            );
        }
        // A draft of a restored database may have been deployed with other fields since, and would never be taken for what stands on chain.
        if (await db.MayHaveForgottenAsync(id, heartbeatSeen: 0, cancellationToken))
        {
            throw new ProblemException(
                new Problem(
                    409,
                    ProblemCode.ChainIsRead,
                    "The database was restored or moved, and what stands on chain is being read. Change the agent in some minutes."
                )
                {
                    RetryAfterSeconds = 60,
                }
            );
        }

        Apply(body, agent);
        agent.UpdatedAt = time.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        EntityTag.Write(context, row.Version);
        return TypedResults.Ok(AgentView.Of(row));
    }

    private static void Apply(ChangeAgentRequest body, Agent agent)
    {
        var fields = new Fields();
        if (body.Name.IsGiven)
        {
            agent.Name = fields.Text<AgentName>("name", body.Name.Value).Value;
        }

        if (body.Ticker.IsGiven)
        {
            agent.Ticker = fields.Text<Ticker>("ticker", body.Ticker.Value).Value;
        }

        if (body.Description.IsGiven)
        {
            agent.Description = fields.Text<AgentDescription>("description", body.Description.Value).Value;
        }

        if (body.LogoUrl.IsGiven)
        {
            agent.LogoUrl = fields.OptionalText<LogoUrl>("logoUrl", body.LogoUrl.Value)?.Value;
        }

        if (body.Supply.IsGiven)
        {
            agent.Supply = fields.Text<TokenSupply>("supply", body.Supply.Value).Value;
        }

        if (body.Decimals.IsGiven)
        {
            agent.Decimals = Number<TokenDecimals>(fields, "decimals", body.Decimals.Value).Value;
        }

        if (body.MinimumLiquidity.IsGiven)
        {
            agent.MinimumLiquidityLamports = fields.Text<Liquidity>("minimumLiquidity", body.MinimumLiquidity.Value).Lamports;
        }

        if (body.GatedPercentage.IsGiven)
        {
            agent.GatedPercentage = Number<GatedPercentage>(fields, "gatedPercentage", body.GatedPercentage.Value).Value;
        }

        if (body.TokenStandard.IsGiven)
        {
            agent.TokenStandard = fields.Text<ChosenStandard>("tokenStandard", body.TokenStandard.Value).Value;
        }

        if (body.DeploymentPayer.IsGiven)
        {
            agent.DeploymentPayer = fields.Text<ChosenPayer>("deploymentPayer", body.DeploymentPayer.Value).Value;
        }

        if (body.KeepMintAuthority.IsGiven)
        {
            agent.KeepsMintAuthority = Flag(fields, "keepMintAuthority", body.KeepMintAuthority.Value);
        }

        if (body.FreezeAuthority.IsGiven)
        {
            agent.HasFreezeAuthority = Flag(fields, "freezeAuthority", body.FreezeAuthority.Value);
        }

        fields.ThrowIfRejected();
        if (new TokenSupply(agent.Supply).RejectWith(new TokenDecimals(agent.Decimals)) is { } tooLarge)
        {
            fields.Reject<TokenSupply>("supply", tooLarge.Reason);
        }

        fields.ThrowIfRejected();
    }

    private static bool Flag(Fields fields, string name, bool? raw) => raw ?? fields.Reject<bool>(name, "must be true or false");

    private static T Number<T>(Fields fields, string name, int? raw)
        where T : IField<T, int> => raw is { } value ? fields.Number<T>(name, value) : fields.Reject<T>(name, "must not be null");
}
