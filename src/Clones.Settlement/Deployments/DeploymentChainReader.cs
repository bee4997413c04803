using Clones.Domain.Transactions;
using Clones.Settlement.Chain;
using Clones.Settlement.Deployments.Venues;
using Clones.Settlement.Rules;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Deployments;

/// <summary>What the chain shows where an agent's token or liquidity pool would be.</summary>
internal abstract record DeploymentSighting
{
    private DeploymentSighting() { }

    /// <summary>Nothing is there.</summary>
    /// <param name="IsPrefunded">But lamports that somebody sent to the mint's address: they are no token.</param>
    public sealed record Missing(bool IsPrefunded = false) : DeploymentSighting;

    /// <summary>Seen, and not final: it may be rolled back. Nothing is signed beside it, and nothing is believed of it.</summary>
    public sealed record NotFinal : DeploymentSighting;

    /// <param name="Address">Of the mint or the liquidity pool.</param>
    public sealed record AsPromised(PublicKey Address) : DeploymentSighting;

    /// <param name="Reason">In what it differs, for people; no full stop.</param>
    public sealed record Different(PublicKey Address, string Reason) : DeploymentSighting;
}

/// <summary>
/// Reads the account that a deployment makes: at finalized to believe it, at confirmed to hold off. Both addresses exist at most once, so that
/// this is the answer to whether it was done, whoever sent it.
/// </summary>
internal sealed class DeploymentChainReader(RpcEndpoints rpc, LiquidityVenueSelector venues, DeploymentOptions options)
{
    /// <param name="deployment">Whose.</param>
    /// <param name="kind">Token or pool creation.</param>
    /// <param name="minContextSlot">A slot that the answering node must have reached; null where any will do.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="RpcException">No node answered.</exception>
    /// <exception cref="DeploymentImpossibleException">The agent's fields fit no chain, or a pool is looked for and there is no mint.</exception>
    public async Task<DeploymentSighting> ReadAsync(
        Deployment deployment,
        TransactionKind kind,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    )
    {
        var final = await ReadAsync(deployment, kind, Commitment.Finalized, minContextSlot, cancellationToken);
        return
            final is DeploymentSighting.Missing
            && await ReadAsync(deployment, kind, Commitment.Confirmed, null, cancellationToken) is var newer
            && newer != final
            ? new DeploymentSighting.NotFinal()
            : final;
    }

    /// <summary>
    /// Whether the nodes agree that nothing stands at the address, for the one case in which its absence decides something: what should have made
    /// it has landed. All of one or two must say so, the majority of more, and none may show it.
    /// </summary>
    /// <param name="slot">In which it landed: a node that has not come so far says nothing. Null where it is not known.</param>
    public async Task<bool> IsNowhereAsync(Deployment deployment, TransactionKind kind, ulong? slot, CancellationToken cancellationToken)
    {
        if (kind == TransactionKind.TokenCreation && deployment.Mint is null)
        {
            return true;
        }

        var address =
            kind == TransactionKind.TokenCreation
                ? deployment.Mint!.Value
                : (await venues.SelectAsync(cancellationToken)).AddressOf(LiquidityPoolSpecs.Of(deployment));
        var answers = await rpc.All.AnswersAsync(node => node.GetAccountInfoAsync(address, Commitment.Finalized, slot, cancellationToken));
        return answers.All(account => IsAbsent(kind, account.Value)) && answers.Count >= ExpiryDecision.Quorum(rpc.All.Count);
    }

    private static bool IsAbsent(TransactionKind kind, AccountInfo? account) =>
        account is null || (kind == TransactionKind.TokenCreation && account.Owner == SystemProgram.Id);

    private Task<DeploymentSighting> ReadAsync(
        Deployment deployment,
        TransactionKind kind,
        Commitment commitment,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    ) =>
        kind == TransactionKind.TokenCreation
            ? TokenAsync(deployment, commitment, minContextSlot, cancellationToken)
            : PoolAsync(deployment, commitment, minContextSlot, cancellationToken);

    private async Task<DeploymentSighting> TokenAsync(
        Deployment deployment,
        Commitment commitment,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    )
    {
        if (deployment.Mint is not { } mint)
        {
            return new DeploymentSighting.Missing();
        }

        var account = await rpc.ReadAsync(
            (client, stop) => client.GetAccountInfoAsync(mint, commitment, minContextSlot, stop),
            cancellationToken
        );
        if (account.Value is not { } found || IsAbsent(TransactionKind.TokenCreation, found))
        {
            return new DeploymentSighting.Missing(IsPrefunded: account.Value is not null);
        }

        var promise = TokenSpec.Of(deployment.Agent, mint, options.MetadataUriOf(deployment.Agent.Id));
        return promise.Deviation(found) is { } deviation
            ? new DeploymentSighting.Different(mint, deviation)
            : new DeploymentSighting.AsPromised(mint);
    }

    private async Task<DeploymentSighting> PoolAsync(
        Deployment deployment,
        Commitment commitment,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    )
    {
        var venue = await venues.SelectAsync(cancellationToken);
        var spec = LiquidityPoolSpecs.Of(deployment);
        var address = venue.AddressOf(spec);
        return await venue.FindAsync(spec, commitment, minContextSlot, cancellationToken) switch
        {
            PoolFinding.AsPromised => new DeploymentSighting.AsPromised(address),
            PoolFinding.Different different => new DeploymentSighting.Different(address, different.Reason),
            _ => new DeploymentSighting.Missing(),
        };
    }
}
