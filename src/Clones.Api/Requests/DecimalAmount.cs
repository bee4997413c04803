using Clones.Domain.Tokens;

namespace Clones.Api.Requests;

/// <summary>An amount in whole units of a token, as its text says it: exact, above zero, not yet bound to a number of decimals.</summary>
internal readonly record struct DecimalAmount : IField<DecimalAmount, string>
{
    private readonly UInt128 digits;
    private readonly int decimals;

    private DecimalAmount(UInt128 digits, int decimals) => (this.digits, this.decimals) = (digits, decimals);

    public static Parsed<DecimalAmount> Parse(string raw)
    {
        if (!BaseUnits.TryReadDecimal(raw, out var digits, out var decimals, out var rejection))
        {
            return new Rejection(rejection);
        }

        return digits == 0 ? new Rejection("must be above zero") : new DecimalAmount(digits, decimals);
    }

    /// <summary>In base units of a token with so many decimals.</summary>
    public Parsed<ulong> ToBaseUnits(int tokenDecimals) =>
        BaseUnits.TryFrom(digits, decimals, tokenDecimals, out var units, out var rejection) ? units : new Rejection(rejection);

    /// <inheritdoc cref="BaseUnits.Format"/>
    public static string Format(ulong baseUnits, int tokenDecimals) => BaseUnits.Format(baseUnits, tokenDecimals);
}
