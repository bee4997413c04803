using Clones.Domain.Tokens;
using Clones.Persistence;
using Clones.Persistence.Tokens;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Microsoft.EntityFrameworkCore;

namespace Clones.Workers.Commands.Tokens;

/// <param name="Name">Null: a mint of SPL Token, which keeps none.</param>
/// <param name="Supply">Base units.</param>
/// <param name="Holder">Gets the supply; null: the development wallet.</param>
internal sealed record TokenToCreate(string Symbol, byte Decimals, ulong Supply, string? Name, PublicKey? Holder);

/// <summary>
/// <c>token create</c>. On chain everything is one transaction, and the mint's key follows from wallet, cluster and symbol: a command that is run
/// again after it died halfway finds the mint, checks that it is what is asked for now, and goes on with the registry.
/// </summary>
internal sealed class TokenCreation(
    ClonesDbContext db,
    DevelopmentCluster cluster,
    DevelopmentWallet wallet,
    TokenSettings settings,
    TimeProvider time
)
{
    /// <summary>Fees of a transaction with two signatures, and what the wallet itself must keep to exist.</summary>
    private const ulong SpareLamports = 1_000_000;

    public async Task RunAsync(TokenToCreate asked, TextWriter output, CancellationToken cancellationToken)
    {
        var genesis = await cluster.GenesisHashOfNoMainnetAsync("no development token is made", cancellationToken);
        var name = SolanaCluster.NameOf(genesis);
        if (KnownTokens.On(genesis, settings.ClonesMint).TryGetValue(asked.Symbol, out var known))
        {
            throw new OptionRejectedException(
                "--symbol",
                $"is taken: {asked.Symbol} is {known} on {name}; ./clones token add {asked.Symbol}"
            );
        }
        using var authority = wallet.Open();
        using var mintKey = DevelopmentWallet.MintOf(authority, genesis, asked.Symbol);
        await RejectRegisteredAsync(asked.Symbol, mintKey.PublicKey, cancellationToken);

        var mint = new DevelopmentMint(mintKey.PublicKey, asked.Symbol, asked.Decimals, asked.Name);
        var holder = asked.Holder ?? authority.PublicKey;
        var holding = AssociatedTokenAccountProgram.FindAddress(holder, mint.Mint, mint.Program);
        if (await cluster.AccountAsync(mint.Mint, Commitment.Confirmed, cancellationToken) is { } found)
        {
            await CheckAsync(found, asked, mint, holding, cancellationToken);
            await output.WriteLineAsync($"{asked.Symbol} is on chain already, from a run that ended halfway; going on.");
        }
        else
        {
            await MakeAsync(asked, mint, authority, mintKey, holder, holding, cancellationToken);
        }

        var token = new Token
        {
            Symbol = asked.Symbol,
            Mint = mint.Mint.ToString(),
            Decimals = asked.Decimals,
            TokenProgram = mint.Program.ToString(),
            GenesisHash = genesis,
            UpdatedAt = time.GetUtcNow(),
        };
        if (!await TokenListing.PutAsync(db, token, cancellationToken))
        {
            db.ChangeTracker.Clear();
            await RejectRegisteredAsync(asked.Symbol, mint.Mint, cancellationToken);
        }
        await output.WriteLineAsync($"{asked.Symbol}: {TokenReport.ProgramName(token.TokenProgram)}, {asked.Decimals} decimals, on {name}");
        await output.WriteLineAsync($"  mint            {mint.Mint}");
        await output.WriteLineAsync($"  name            {asked.Name ?? "none: SPL Token keeps none in the mint"}");
        await output.WriteLineAsync($"  supply          {BaseUnits.Format(asked.Supply, asked.Decimals)}, held by {holder}");
        await output.WriteLineAsync($"  token account   {holding}");
        await output.WriteLineAsync($"  mint authority  {authority.PublicKey}");
        await output.WriteLineAsync($"Registered: training pools may pay in {asked.Symbol}.");
    }

    private async Task RejectRegisteredAsync(string symbol, PublicKey mint, CancellationToken cancellationToken)
    {
        if (await db.Tokens.AsNoTracking().FirstOrDefaultAsync(t => t.Symbol == symbol, cancellationToken) is { } listed)
        {
            throw new OptionRejectedException(
                "--symbol",
                listed.Mint == mint.ToString()
                    ? $"exists: {symbol} is registered with mint {mint}. For more of it: ./clones token mint --symbol {symbol}"
                    : $"exists: {symbol} is registered with mint {listed.Mint}. Choose another"
            );
        }
    }

    private async Task MakeAsync(
        TokenToCreate asked,
        DevelopmentMint mint,
        Account authority,
        Account mintKey,
        PublicKey holder,
        PublicKey holding,
        CancellationToken cancellationToken
    )
    {
        var rent = await cluster.RentAsync(mint.Size, cancellationToken);
        var holdingRent = await cluster.RentAsync(TokenAccount.Size + 5, cancellationToken);
        await cluster.FundAsync(authority.PublicKey, rent + holdingRent + SpareLamports, cancellationToken);
        try
        {
            await cluster.SendAsync(
                [authority, mintKey],
                mint.Creation(authority.PublicKey, holder, asked.Supply, rent),
                cancellationToken
            );
        }
        catch (ClusterFailureException)
        {
            // Another run, an earlier one's transaction perhaps, was faster: the mint that both make is there, or else nothing is.
            if (await cluster.AccountAsync(mint.Mint, Commitment.Confirmed, cancellationToken) is not { } found)
            {
                throw;
            }
            await CheckAsync(found, asked, mint, holding, cancellationToken);
        }
    }

    // A mint of this address is of our own making, but perhaps by a command that asked for something else.
    private async Task CheckAsync(
        AccountInfo found,
        TokenToCreate asked,
        DevelopmentMint wanted,
        PublicKey holding,
        CancellationToken cancellationToken
    )
    {
        const string Halfway = "an earlier run, which ended halfway, made the mint";
        if (!TokenListing.TryReadMint(found, out var mint, out var rejection))
        {
            throw new OptionRejectedException("--symbol", $"leads to {wanted.Mint}, which {rejection}");
        }
        if (mint.Decimals != asked.Decimals)
        {
            throw new OptionRejectedException("--decimals", $"must be {mint.Decimals}: {Halfway} with so many");
        }
        if (found.Owner != wanted.Program || mint.Metadata()?.Name != asked.Name)
        {
            throw new OptionRejectedException(
                "--name",
                mint.Metadata() is { } has ? $"must be \"{has.Name}\": {Halfway} with it" : $"must be left out: {Halfway} without one"
            );
        }
        if (mint.Supply != asked.Supply)
        {
            throw new OptionRejectedException(
                "--supply",
                $"must be {BaseUnits.Format(mint.Supply, mint.Decimals)}: {Halfway} with it; more of it comes by ./clones token mint"
            );
        }
        if (await cluster.AccountAsync(holding, Commitment.Confirmed, cancellationToken) is null)
        {
            throw new OptionRejectedException("--to", $"must be who was named first: {Halfway} and gave the supply to another wallet");
        }
    }
}
