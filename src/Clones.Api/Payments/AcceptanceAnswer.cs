using System.Globalization;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Domain.Payments;
using Clones.Domain.Tokens;

namespace Clones.Api.Payments;

/// <summary>What became of a payment, as a caller reads it.</summary>
internal static class AcceptanceAnswer
{
    private const string Beside = ", beside what others have reserved or wait for";

    /// <exception cref="ProblemException">It was not accepted.</exception>
    public static Payment PaymentOf(PaymentAcceptanceResult result, Token token) =>
        result switch
        {
            PaymentAcceptanceResult.Accepted accepted => accepted.Payment,
            PaymentAcceptanceResult.Replayed replayed => replayed.Payment,
            PaymentAcceptanceResult.KeyReused => throw IdempotencyKey.Reused(),
            PaymentAcceptanceResult.PoolHasNoWallet => throw Pools.PoolEndpoints.PoolNotReady(),
            PaymentAcceptanceResult.PoolPaused => throw new ProblemException(
                new Problem(
                    409,
                    ProblemCode.PoolPaused,
                    "The training pool is paused and pays no rewards. Resume it, or let the payment wait with onInsufficientFunds: wait."
                )
            ),
            PaymentAcceptanceResult.RecipientRejected rejected => throw new ProblemException(
                new Problem(422, ProblemCode.RecipientNotValid, rejected.Reason)
                {
                    Errors = new Dictionary<string, string[]> { ["recipient"] = [rejected.Reason] },
                }
            ),
            PaymentAcceptanceResult.MissingTokens missing => throw new ProblemException(
                new Problem(
                    422,
                    ProblemCode.InsufficientFunds,
                    $"{DecimalAmount.Format(missing.Needed, token.Decimals)} {token.Symbol} are needed and "
                        + $"{DecimalAmount.Format(missing.Available, token.Decimals)} are available in the deposit wallet{Beside}."
                )
            ),
            PaymentAcceptanceResult.MissingLamports missing => throw new ProblemException(
                new Problem(
                    422,
                    token.Mint is null ? ProblemCode.InsufficientFunds : ProblemCode.InsufficientGas,
                    $"{missing.Needed.ToString(CultureInfo.InvariantCulture)} lamports are needed (fee and account rent included) and "
                        + $"{missing.Available} are available in the deposit wallet{Beside}."
                )
            ),
            PaymentAcceptanceResult.ChainUnavailable => throw new ProblemException(Problem.ChainUnavailable),
            PaymentAcceptanceResult.BalanceTooOld => throw new ProblemException(
                new Problem(503, ProblemCode.ChainUnavailable, "The nodes lag behind what is already settled; try again.")
                {
                    RetryAfterSeconds = 2,
                }
            ),
            _ => throw new InvalidOperationException($"No answer for {result.GetType().Name}."),
        };
}
