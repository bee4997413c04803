using System.Globalization;
using Clones.Api.Requests;
using Clones.Api.Tokens;
using Clones.Domain;
using Clones.Domain.Agents;

namespace Clones.Api.Agents;

internal readonly record struct AgentName(string Value) : IField<AgentName, string>
{
    public static Parsed<AgentName> Parse(string raw) => PlainText.Reject(raw, 3, 50) is { } rejection ? rejection : new AgentName(raw);
}

internal readonly record struct Ticker(string Value) : IField<Ticker, string>
{
    public static Parsed<Ticker> Parse(string raw) =>
        raw.Length is >= 3 and <= 10 && raw.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c))
            ? new Ticker(raw)
            : new Rejection("must be 3 to 10 of A-Z and 0-9");
}

internal readonly record struct AgentDescription(string Value) : IField<AgentDescription, string>
{
    public static Parsed<AgentDescription> Parse(string raw) =>
        PlainText.Reject(raw, 10, 1_000, lines: true) is { } rejection ? rejection : new AgentDescription(raw);
}

internal readonly record struct LogoUrl(string Value) : IField<LogoUrl, string>
{
    /// <summary>It becomes part of what wallets read; longer ones do not fit a transaction.</summary>
    private const int LengthMax = 200;

    public static Parsed<LogoUrl> Parse(string raw) =>
        raw.Length <= LengthMax
        && raw.All(c => c is > ' ' and <= '~')
        && raw.StartsWith("https://", StringComparison.Ordinal)
        && Uri.TryCreate(raw, UriKind.Absolute, out var url)
        && url.UserInfo.Length == 0
            ? new LogoUrl(raw)
            : new Rejection($"must be an https URL of at most {LengthMax} ASCII characters, without a login in it");
}

internal readonly record struct TokenDecimals(int Value) : IField<TokenDecimals, int>
{
    public static Parsed<TokenDecimals> Parse(int raw) =>
        raw is >= 0 and <= 9 ? new TokenDecimals(raw) : new Rejection("must be a whole number from 0 to 9");
}

/// <summary>Whole tokens, 1,000 to 10^12.</summary>
internal readonly record struct TokenSupply(ulong Value) : IField<TokenSupply, string>
{
    private const ulong Min = 1_000;
    private const ulong Max = 1_000_000_000_000;

    public static Parsed<TokenSupply> Parse(string raw) =>
        raw.Length is > 0 and <= 20
        && raw[0] != '0'
        && ulong.TryParse(raw, NumberStyles.None, CultureInfo.InvariantCulture, out var supply)
        && supply is >= Min and <= Max
            ? new TokenSupply(supply)
            : new Rejection($"must be a whole number from \"{Min}\" to \"{Max}\", digits only");

    /// <summary>Null where all of it can be counted by the chain, which counts base units in a u64.</summary>
    public Rejection? RejectWith(TokenDecimals decimals)
    {
        var largest = ulong.MaxValue;
        for (var i = 0; i < decimals.Value; i++)
        {
            largest /= 10;
        }

        return Value <= largest ? null : new Rejection($"must be at most \"{largest}\" with {decimals.Value} decimals");
    }
}

/// <summary>Lamports, from an amount in SOL; above zero.</summary>
internal readonly record struct Liquidity(ulong Lamports) : IField<Liquidity, string>
{
    public static Parsed<Liquidity> Parse(string raw)
    {
        var amount = DecimalAmount.Parse(raw);
        if (amount.Reason is { } reason)
        {
            return new Rejection(reason);
        }

        var lamports = amount.Value.ToBaseUnits(TokenCatalogue.SolDecimals);
        return lamports.Reason is null ? new Liquidity(lamports.Value) : new Rejection(lamports.Reason);
    }
}

internal readonly record struct GatedPercentage(int Value) : IField<GatedPercentage, int>
{
    public static Parsed<GatedPercentage> Parse(int raw) =>
        raw is >= 0 and <= 50 ? new GatedPercentage(raw) : new Rejection("must be a whole number from 0 to 50");
}

internal readonly record struct ChosenStandard(TokenStandard Value) : IField<ChosenStandard, string>
{
    public static Parsed<ChosenStandard> Parse(string raw) =>
        Choice.Of<TokenStandard>(raw) is { } standard ? new ChosenStandard(standard) : Choice.Reject<TokenStandard>();
}

internal readonly record struct ChosenPayer(DeploymentPayer Value) : IField<ChosenPayer, string>
{
    public static Parsed<ChosenPayer> Parse(string raw) =>
        Choice.Of<DeploymentPayer>(raw) is { } payer ? new ChosenPayer(payer) : Choice.Reject<DeploymentPayer>();
}

/// <summary>One name of a few, exactly as it is stored and shown.</summary>
file static class Choice
{
    public static T? Of<T>(string raw)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (UpperSnakeCase.From(value) == raw)
            {
                return value;
            }
        }
        return null;
    }

    public static Rejection Reject<T>()
        where T : struct, Enum => new("must be " + string.Join(" or ", Enum.GetValues<T>().Select(UpperSnakeCase.From)));
}
