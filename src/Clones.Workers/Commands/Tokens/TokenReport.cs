using Clones.Domain.Tokens;
using Clones.Persistence;
using Clones.Persistence.Tokens;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Microsoft.EntityFrameworkCore;

namespace Clones.Workers.Commands.Tokens;

/// <summary><c>token list</c> and <c>token add</c>: the registry, and what is known on this cluster beside it.</summary>
internal sealed class TokenReport(ClonesDbContext db, DevelopmentCluster cluster, TokenSettings settings, TimeProvider time)
{
    public static string ProgramName(string? program) =>
        program == TokenProgram.Token2022Id.ToString() ? "Token-2022"
        : program == TokenProgram.Id.ToString() ? "SPL Token"
        : "";

    public async Task ListAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var genesis = await cluster.GenesisHashAsync(cancellationToken);
        var here = SolanaCluster.NameOf(genesis);
        var tokens = await db.Tokens.AsNoTracking().OrderBy(t => t.Symbol).ToListAsync(cancellationToken);
        await WriteAsync("symbol", "mint", "decimals", "program", "cluster");
        await WriteAsync(Token.SolSymbol, "", $"{Token.SolDecimals}", "", here);
        foreach (var token in tokens)
        {
            var on =
                token.GenesisHash is null ? "not noted"
                : token.GenesisHash == genesis ? here
                : $"ANOTHER: {SolanaCluster.NameOf(token.GenesisHash)}";
            await WriteAsync(token.Symbol, token.Mint!, $"{token.Decimals}", ProgramName(token.TokenProgram), on);
        }
        foreach (var (symbol, mint) in KnownTokens.On(genesis, settings.ClonesMint).Where(k => tokens.All(t => t.Symbol != k.Key)))
        {
            await WriteAsync(symbol, mint, "", "", $"{here}; known, not registered: ./clones token add {symbol}");
        }

        Task WriteAsync(string symbol, string mint, string decimals, string program, string on) =>
            output.WriteLineAsync($"{symbol, -10}  {mint, -44}  {decimals, 8}  {program, -10}  {on}".TrimEnd());
    }

    /// <param name="mint">Null: the one that is known under this symbol.</param>
    public async Task AddAsync(string symbol, PublicKey? mint, TextWriter output, CancellationToken cancellationToken)
    {
        var genesis = await cluster.GenesisHashAsync(cancellationToken);
        var here = SolanaCluster.NameOf(genesis);
        var known = KnownTokens.On(genesis, settings.ClonesMint).GetValueOrDefault(symbol);
        if (mint is { } given && known is not null && given.ToString() != known)
        {
            throw new OptionRejectedException("--mint", $"must be {known}: that is {symbol} on {here}");
        }
        var address =
            mint
            ?? (
                known is null
                    ? throw new OptionRejectedException("--mint", $"is missing: no mint of {symbol} is known on {here}")
                    : PublicKey.Parse(known)
            );
        var account = await cluster.AccountAsync(address, Commitment.Finalized, cancellationToken);
        if (!TokenListing.TryReadMint(account, out var found, out var rejection))
        {
            throw new OptionRejectedException("--mint", $"{address} {rejection}");
        }
        var token = new Token
        {
            Symbol = symbol,
            Mint = address.ToString(),
            Decimals = found.Decimals,
            TokenProgram = account.Owner.ToString(),
            GenesisHash = genesis,
            UpdatedAt = time.GetUtcNow(),
        };
        if (!await TokenListing.PutAsync(db, token, cancellationToken))
        {
            throw new OptionRejectedException(
                "--symbol",
                $"is taken: {symbol} is registered with another mint, or {address} under another symbol"
            );
        }
        await output.WriteLineAsync(
            $"Registered: training pools may pay in {symbol} ({address}, {ProgramName(token.TokenProgram)}, {token.Decimals} decimals)."
        );
    }
}
