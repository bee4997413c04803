using Clones.Solana.Primitives;

namespace Clones.Settlement.Deployments;

/// <summary>Who pays, in the words of the steps that the owner reads.</summary>
internal static class PayerText
{
    /// <summary>Begins a sentence.</summary>
    public static string Subject(PublicKey payer, PublicKey owner) =>
        payer == owner ? $"Your wallet {payer}" : $"The deposit wallet {payer}";

    public static string Of(PublicKey payer, PublicKey owner) => payer == owner ? $"your wallet {payer}" : $"the deposit wallet {payer}";
}
