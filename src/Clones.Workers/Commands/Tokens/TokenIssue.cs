using Clones.Domain.Tokens;
using Clones.Persistence;
using Clones.Persistence.Tokens;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Microsoft.EntityFrameworkCore;

namespace Clones.Workers.Commands.Tokens;

/// <summary><c>token mint</c>: more of a development token. Each run mints: one that is run twice mints twice.</summary>
internal sealed class TokenIssue(ClonesDbContext db, DevelopmentCluster cluster, DevelopmentWallet wallet)
{
    private const ulong SpareLamports = 1_000_000;

    /// <param name="amount">As it was typed, in whole tokens.</param>
    /// <param name="to">Null: the development wallet.</param>
    public async Task RunAsync(string symbol, string amount, PublicKey? to, TextWriter output, CancellationToken cancellationToken)
    {
        await cluster.GenesisHashOfNoMainnetAsync("nothing is minted by this command", cancellationToken);
        var token =
            await db.Tokens.AsNoTracking().FirstOrDefaultAsync(t => t.Symbol == symbol, cancellationToken)
            ?? throw new OptionRejectedException("--symbol", $"names no registered token: {symbol}. See ./clones token list");
        var units = TokenOptions.BaseUnitsOf("--amount", amount, token.Decimals);
        var address = PublicKey.Parse(token.Mint!);
        var account = await cluster.AccountAsync(address, Commitment.Confirmed, cancellationToken);
        if (!TokenListing.TryReadMint(account, out var mint, out var rejection))
        {
            throw new OptionRejectedException("--symbol", $"names {address}, which {rejection}: it was registered on another cluster");
        }
        using var authority = wallet.Open();
        if (mint.MintAuthority != authority.PublicKey)
        {
            throw new OptionRejectedException(
                "--symbol",
                $"names a token that the development wallet {authority.PublicKey} may not mint: {symbol} was not made by ./clones token create"
            );
        }
        if (units > ulong.MaxValue - mint.Supply)
        {
            throw new OptionRejectedException(
                "--amount",
                $"is more than can be added to the supply: at most {BaseUnits.Format(ulong.MaxValue - mint.Supply, token.Decimals)}"
            );
        }

        var holder = to ?? authority.PublicKey;
        var holdingRent = await cluster.RentAsync(TokenAccount.Size + 5, cancellationToken);
        await cluster.FundAsync(authority.PublicKey, holdingRent + SpareLamports, cancellationToken);
        await cluster.SendAsync(
            [authority],
            DevelopmentMint.Issue(address, mint.Decimals, account.Owner, authority.PublicKey, holder, units),
            cancellationToken
        );
        await output.WriteLineAsync($"{BaseUnits.Format(units, token.Decimals)} {symbol} minted to {holder}");
    }
}
