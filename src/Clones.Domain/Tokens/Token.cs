namespace Clones.Domain.Tokens;

/// <summary>A token that training pools may pay in, as operators have listed it.</summary>
public sealed class Token
{
    /// <summary>SOL needs no listing and is in no row.</summary>
    public const string SolSymbol = "SOL";
    public const int SolDecimals = 9;

    /// <summary>1-10 of A-Z and 0-9.</summary>
    public required string Symbol { get; init; }

    /// <summary>Mint, base58; null for SOL.</summary>
    public string? Mint { get; set; }

    /// <summary>0-9 (SPL allows more; u64 amounts make them useless).</summary>
    public required int Decimals { get; set; }

    /// <summary>Token program that owns the mint, base58; null for SOL.</summary>
    public string? TokenProgram { get; set; }

    /// <summary>Genesis hash of the cluster that the mint was read on, base58; null where that was not yet noted, and for SOL.</summary>
    public string? GenesisHash { get; set; }
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Whether a token may be listed under this text, SOL aside.</summary>
    public static bool IsSymbol(string text) =>
        text.Length is >= 1 and <= 10 && text.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c));
}
