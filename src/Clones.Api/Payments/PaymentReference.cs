using Clones.Api.Requests;

namespace Clones.Api.Payments;

internal readonly record struct PaymentReference(string Value) : IField<PaymentReference, string>
{
    private const int LengthMax = 200;

    public static Parsed<PaymentReference> Parse(string raw) =>
        PlainText.Reject(raw, 1, LengthMax) is { } rejection ? rejection : new PaymentReference(raw);
}
