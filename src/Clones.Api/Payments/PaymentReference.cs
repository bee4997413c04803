using Clones.Api.Requests;

namespace Clones.Api.Payments;

internal readonly record struct PaymentReference(string Value) : IField<PaymentReference, string>
{
    private const int LengthMax = 200;

    public static Parsed<PaymentReference> Parse(string raw) =>
        PlainText.Refuse(raw, 1, LengthMax) is { } refusal ? refusal : new PaymentReference(raw);
}
