using Clones.Api.Auth;
using Clones.Api.Paging;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Domain.Tokens;
using Clones.Persistence;
using Clones.Persistence.Tokens;
using Clones.Solana.Rpc;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clones.Api.Tokens;

internal static class TokenEndpoints
{
    public static void MapTokens(this IEndpointRouteBuilder v1)
    {
        var tokens = v1.MapGroup("/tokens").WithTags("Tokens");
        tokens.MapGet("/", ListAsync).WithName("listTokens").WithSummary("Tokens that training pools may pay in").WithProblems(401);
        tokens
            .MapPut("/{symbol}", PutAsync)
            .RequireAuthorization(Policies.WriteTokens)
            .WithName("putToken")
            .WithSummary("List a token")
            .WithProblems(400, 401, 403, 409, 422, 503);
    }

    private static async Task<Ok<Page<TokenView>>> ListAsync(ClonesDbContext db, CancellationToken cancellationToken)
    {
        var catalogue = await TokenCatalogue.ReadAsync(db, cancellationToken);
        return TypedResults.Ok(new Page<TokenView>([.. catalogue.All.Select(TokenView.Of)], null));
    }

    private static async Task<Ok<TokenView>> PutAsync(
        string symbol,
        ListTokenRequest body,
        ClonesDbContext db,
        RpcEndpoints rpc,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var fields = new Fields();
        var name = fields.Text<TokenSymbol>("symbol", symbol);
        var address = fields.Text<AccountAddress>("mint", body.Mint);
        if (symbol == TokenCatalogue.SolSymbol)
        {
            fields.Reject<TokenSymbol>("symbol", "must not be SOL, which is always listed");
        }

        fields.ThrowIfRejected();

        if (await TokenListing.IsTakenAsync(db, name.Value, body.Mint, cancellationToken))
        {
            throw Taken();
        }

        var (account, genesis) = await rpc.ReadAsync(
            async (node, ct) =>
                (await node.GetAccountInfoAsync(address.Key, Commitment.Finalized, null, ct), await node.GetGenesisHashAsync(ct)),
            cancellationToken
        );
        if (KnownTokens.On(genesis.ToString(), clonesMint: null).TryGetValue(name.Value, out var known) && known != body.Mint)
        {
            throw Taken();
        }

        if (!TokenListing.TryReadMint(account.Value, out var mint, out var rejection))
        {
            throw NotAMint(rejection);
        }

        var listed = new Token
        {
            Symbol = name.Value,
            Mint = address.Key.ToString(),
            Decimals = mint.Decimals,
            TokenProgram = account.Value.Owner.ToString(),
            GenesisHash = genesis.ToString(),
            UpdatedAt = time.GetUtcNow(),
        };
        return await TokenListing.PutAsync(db, listed, cancellationToken) ? TypedResults.Ok(TokenView.Of(listed)) : throw Taken();
    }

    private static ProblemException NotAMint(string reason) => new(Problem.Field("mint", reason, 422, ProblemCode.MintNotValid));

    private static ProblemException Taken() =>
        new(new Problem(409, ProblemCode.TokenTaken, "The symbol is listed with another mint, or the mint under another symbol."));
}
