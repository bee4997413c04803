using Clones.Api.Auth;
using Clones.Api.Paging;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Persistence;
using Clones.Persistence.Tokens;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Clones.Api.Tokens;

internal static class TokenEndpoints
{
    public static void MapTokens(this IEndpointRouteBuilder v1)
    {
        var tokens = v1.MapGroup("/tokens").WithTags("Tokens");
        tokens.MapGet("/", ListAsync).WithSummary("Tokens that training pools may pay in").WithProblems(401);
        tokens
            .MapPut("/{symbol}", PutAsync)
            .RequireAuthorization(Policies.WriteTokens)
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
            fields.Refuse<TokenSymbol>("symbol", "must not be SOL, which is always listed");
        fields.ThrowIfRefused();

        var token = await db.Tokens.FirstOrDefaultAsync(t => t.Symbol == name.Value, cancellationToken);
        if (token is not null && token.Mint != body.Mint)
            throw Taken();
        var (decimals, program) = await ReadMintAsync(rpc, address.Key, cancellationToken);
        var now = time.GetUtcNow();
        if (token is null)
        {
            token = new Token
            {
                Symbol = name.Value,
                Mint = address.Key.ToString(),
                Decimals = decimals,
                TokenProgram = program.ToString(),
                UpdatedAt = now,
            };
            db.Tokens.Add(token);
        }
        else
        {
            token.UpdatedAt = now;
        }

        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            throw Taken();
        }
        return TypedResults.Ok(TokenView.Of(token));
    }

    private static async Task<(int Decimals, PublicKey Program)> ReadMintAsync(
        RpcEndpoints rpc,
        PublicKey address,
        CancellationToken cancellationToken
    )
    {
        var read = await rpc.ReadAsync((node, ct) => node.GetAccountInfoAsync(address, Commitment.Finalized, null, ct), cancellationToken);
        if (read.Value is not { } account || !TokenProgram.IsTokenProgram(account.Owner))
            throw NotAMint("is not a mint of a token program on this cluster (at commitment finalized)");
        try
        {
            var mint = MintAccount.Decode(account.Data.Span);
            if (!mint.IsInitialized)
                throw NotAMint("is not initialized");
            return mint.Decimals <= TokenCatalogue.SolDecimals
                ? (mint.Decimals, account.Owner)
                : throw NotAMint($"has {mint.Decimals} decimals; at most {TokenCatalogue.SolDecimals} are of use here");
        }
        catch (FormatException)
        {
            throw NotAMint("is an account of a token program, but not a mint");
        }
    }

    private static ProblemException NotAMint(string reason) => new(Problem.Field("mint", reason, 422, ProblemCode.MintNotValid));

    private static ProblemException Taken() =>
        new(new Problem(409, ProblemCode.TokenTaken, "The symbol is listed with another mint, or the mint under another symbol."));
}
