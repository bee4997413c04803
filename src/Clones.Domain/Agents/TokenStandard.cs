namespace Clones.Domain.Agents;

/// <summary>Which token program makes the token of an agent; stored and shown as TOKEN2022, SPL_TOKEN.</summary>
public enum TokenStandard
{
    /// <summary>Token-2022 with name, ticker and metadata link in the mint itself, so that wallets show the token by its name.</summary>
    Token2022,

    /// <summary>Classic SPL Token; the chain knows no name of it.</summary>
    SplToken,
}
