using System.Text.Json;
using Clones.Domain.Tokens;
using Clones.Solana.Primitives;

namespace Clones.Custody.Import;

/// <summary>Reads <c>token</c>: what the old system paid in, <c>{type, symbol, address}</c>.</summary>
internal static class OldTokenField
{
    /// <summary>How the old system and its tools write SOL where a mint is wanted: nothing, wrapped SOL, or the System Program.</summary>
    private static readonly string[] AddressesOfSol = ["So11111111111111111111111111111111111111112", "11111111111111111111111111111111"];

    /// <param name="ignored">Gets the names of fields that are of no use here.</param>
    public static OldToken Read(ref Utf8JsonReader reader, string field, List<string> ignored)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new LineRejectedException(field, "must be an object with type and symbol");
        }

        string? type = null;
        string? symbol = null;
        string? address = null;
        string? mint = null;
        ExtendedJson.ReadObject(
            ref reader,
            field,
            (ref r, name) =>
            {
                var path = $"{field}.{name}";
                switch (name)
                {
                    case "type":
                        type = ExtendedJson.ReadText(ref r, path);
                        break;
                    case "symbol":
                        symbol = ExtendedJson.ReadText(ref r, path);
                        break;
                    case "address":
                        address = ExtendedJson.ReadText(ref r, path);
                        break;
                    case "mint":
                        mint = ExtendedJson.ReadText(ref r, path);
                        break;
                    default:
                        ignored.Add(path);
                        ExtendedJson.Skip(ref r, field);
                        break;
                }
            }
        );
        if (string.IsNullOrEmpty(type))
        {
            throw new LineRejectedException("token.type", "is missing");
        }
        if (!string.IsNullOrEmpty(address) && !string.IsNullOrEmpty(mint) && address != mint)
        {
            throw new LineRejectedException("token.mint", "is not the same as token.address");
        }

        var where = string.IsNullOrEmpty(address) ? "token.mint" : "token.address";
        var given = string.IsNullOrEmpty(address) ? mint : address;
        return type.Equals(Token.SolSymbol, StringComparison.OrdinalIgnoreCase) ? Sol(symbol, given, where) : Listed(symbol, given, where);
    }

    private static OldToken Sol(string? symbol, string? address, string where)
    {
        if (!string.IsNullOrEmpty(symbol) && !symbol.Equals(Token.SolSymbol, StringComparison.OrdinalIgnoreCase))
        {
            throw new LineRejectedException("token.symbol", "must be SOL where token.type is");
        }
        return string.IsNullOrEmpty(address) || AddressesOfSol.Contains(address)
            ? new OldToken(true, null, null)
            : throw new LineRejectedException(where, "is the mint of another token, and token.type is SOL");
    }

    private static OldToken Listed(string? symbol, string? address, string where)
    {
        PublicKey? mint = null;
        if (!string.IsNullOrEmpty(address))
        {
            mint =
                PublicKey.TryParse(address, out var key) && key != default
                    ? key
                    : throw new LineRejectedException(where, "must be the base58 address of a mint");
        }

        // Listed symbols are in capitals; the mint, where it is there, says more than any symbol.
        var listed = symbol?.ToUpperInvariant();
        if (listed is not null && Token.IsSymbol(listed))
        {
            return listed == Token.SolSymbol && mint is null
                ? throw new LineRejectedException("token.type", "must be SOL where token.symbol is")
                : new OldToken(false, listed, mint);
        }
        return mint is null
            ? throw new LineRejectedException(
                "token.symbol",
                string.IsNullOrEmpty(symbol) ? "is missing" : "must be 1 to 10 of A-Z and 0-9"
            )
            : new OldToken(false, null, mint);
    }
}
