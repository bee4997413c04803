using System.Buffers;
using System.Globalization;
using System.Text;
using Clones.Api.Auth;
using Clones.Api.Documentation;
using Clones.Api.Paging;
using Clones.Api.Problems;
using Clones.Api.Tokens;
using Clones.Domain.Payments;
using Clones.Persistence;
using Clones.Persistence.Payments;

namespace Clones.Api.Payments;

/// <summary>
/// Payments as CSV (RFC 4180), all that the filters leave, oldest first; written as they are read. Page by page, each by a statement of its own: while
/// a slow reader takes the last page, no statement is open that would keep the database from cleaning up.
/// </summary>
internal static class PaymentExportEndpoint
{
    /// <summary>Rows between two flushes: a caller sees the first ones while the last are still read.</summary>
    private const int PageRows = 500;

    private static readonly SearchValues<char> Quoted = SearchValues.Create("\",;\t\r\n");

    private static readonly string[] Columns =
    [
        "id",
        "kind",
        "trainingPoolId",
        "recipient",
        "tokenSymbol",
        "mint",
        "amount",
        "amountBaseUnits",
        "status",
        "reference",
        "reason",
        "transactionId",
        "signature",
        "slot",
        "createdAt",
        "completedAt",
    ];

    public static void MapPaymentExport(this IEndpointRouteBuilder payments) =>
        payments
            .MapGet("/export", ExportAsync)
            .RequireAuthorization(Policies.ReadPayments)
            .WithQuery(QueryParameter.OfPayments)
            .WithName("exportPayments")
            .WithSummary("Payments as CSV, oldest first, with the filters of the list")
            .Produces<string>(StatusCodes.Status200OK, "text/csv")
            .WithProblems(400, 401, 403);

    private static async Task ExportAsync(HttpContext context, Caller caller, ClonesDbContext db, CancellationToken cancellationToken)
    {
        PageQuery.RejectOthers(context, PaymentFilter.Names);
        var filter = PaymentFilter.Read(context.Request.Query);
        var tokens = await TokenCatalogue.ReadAsync(db, cancellationToken);

        context.Response.ContentType = "text/csv; charset=utf-8; header=present";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"payments.csv\"";
        context.Response.Headers.CacheControl = "no-store";
        await using var writer = new StreamWriter(context.Response.Body, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\r\n" };
        await writer.WriteLineAsync(string.Join(',', Columns));
        List<Payment> page;
        Guid? after = null;
        do
        {
            page = await db.ReadPaymentsAsync(filter, caller.Wallet?.ToString(), after, newestFirst: false, PageRows, cancellationToken);
            foreach (var payment in page)
            {
                await writer.WriteLineAsync(Line(PaymentView.Of(payment, tokens)));
                after = payment.Id;
            }
            await writer.FlushAsync(cancellationToken);
        } while (page.Count == PageRows);
    }

    private static string Line(PaymentView payment) =>
        string.Join(
            ',',
            (
                (string?[])
                    [
                        $"{payment.Id}",
                        payment.Kind,
                        $"{payment.TrainingPoolId}",
                        payment.Recipient,
                        payment.TokenSymbol,
                        payment.Mint,
                        payment.Amount,
                        payment.AmountBaseUnits,
                        payment.Status,
                        payment.Reference,
                        payment.Reason,
                        payment.TransactionId?.ToString(),
                        payment.Signature,
                        payment.Slot?.ToString(CultureInfo.InvariantCulture),
                        Time(payment.CreatedAt),
                        Time(payment.CompletedAt),
                    ]
            ).Select(Field)
        );

    private static string? Time(DateTimeOffset? time) =>
        time?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>
    /// Quoted where it must be, and where it holds what spreadsheets of other countries separate by. What a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV Injection): references are
    /// the words of strangers.
    /// </summary>
    internal static string Field(string? text)
    {
        if (text is null)
        {
            return "";
        }

        var harmless = text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? $"'{text}" : text;
        return harmless.AsSpan().IndexOfAny(Quoted) < 0 ? harmless : $"\"{harmless.Replace("\"", "\"\"")}\"";
    }
}
