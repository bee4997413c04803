using Clones.Api.Requests;

namespace Clones.Api.Payments;

/// <summary>What a caller wants of a payment for which there are no funds now.</summary>
internal readonly record struct MissingFundsChoice(bool MayWait) : IField<MissingFundsChoice, string>
{
    public static Parsed<MissingFundsChoice> Parse(string raw) =>
        raw switch
        {
            "reject" => new MissingFundsChoice(false),
            "wait" => new MissingFundsChoice(true),
            _ => new Rejection("must be reject or wait"),
        };
}
