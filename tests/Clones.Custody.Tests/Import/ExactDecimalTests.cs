using Clones.Custody.Import;

namespace Clones.Custody.Tests.Import;

public sealed class ExactDecimalTests
{
    [Theory]
    [InlineData("10", 9, 10_000_000_000)]
    [InlineData("0.1", 9, 100_000_000)]
    [InlineData("0.1", 1, 1)]
    [InlineData("2.50", 1, 25)]
    [InlineData("1E+06", 6, 1_000_000_000_000)]
    [InlineData("1.5e3", 0, 1_500)]
    [InlineData("1E-09", 9, 1)]
    [InlineData("0.000001", 6, 1)]
    [InlineData("100000000000000000000E-11", 0, 1_000_000_000)]
    [InlineData("18446744073.709551615", 9, ulong.MaxValue)]
    [InlineData("00010.000000000000000000000000000000000000000000000", 0, 10)]
    public void A_price_becomes_base_units_without_any_rounding(string text, int decimals, ulong units) =>
        ExactDecimal.Parse(text, "pricePerDemo").ToBaseUnits(decimals, "pricePerDemo").ShouldBe(units);

    [Theory]
    [InlineData("0.1234567891", 9, "has more decimals than the token, which has 9")]
    [InlineData("1E-10", 9, "has more decimals")]
    [InlineData("0.5", 0, "has more decimals")]
    [InlineData("18446744073.709551616", 9, "is larger than 18446744073.709551615")]
    [InlineData("1E+9999", 0, "is larger than")]
    [InlineData("1E+99999", 0, "must be a number")]
    [InlineData("0", 9, "must be above zero")]
    [InlineData("-0.0", 9, "must be above zero")]
    [InlineData("-1", 9, "must be above zero")]
    [InlineData("NaN", 9, "must be a number")]
    [InlineData("Infinity", 9, "must be a number")]
    [InlineData("1,5", 9, "must be a number")]
    [InlineData("١", 9, "must be a number")]
    [InlineData("1\n", 9, "must be a number")]
    [InlineData("", 9, "must be a number")]
    [InlineData("1234567890123456789012345678901234567891", 9, "has more digits")]
    public void What_the_token_cannot_count_exactly_is_rejected_by_the_name_of_the_field(string text, int decimals, string reason) =>
        Should
            .Throw<LineRejectedException>(() => ExactDecimal.Parse(text, "pricePerDemo").ToBaseUnits(decimals, "pricePerDemo"))
            .Message.ShouldStartWith($"pricePerDemo: {reason}");
}
