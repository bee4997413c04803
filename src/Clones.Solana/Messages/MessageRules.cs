using Clones.Solana.Primitives;

namespace Clones.Solana.Messages;

/// <summary>The checks of the chain's own `sanitize`, and that no account is loaded twice.</summary>
internal static class MessageRules
{
    public const int AccountsMax = 256;

    /// <exception cref="FormatException">The message could never land.</exception>
    public static void Check(Message message)
    {
        var header = message.Header;
        var written = message.AccountKeys.Count;
        Require(header.RequiredSignatures > 0 && header.RequiredSignatures > header.ReadOnlySigned, "No writable signer pays the fee.");
        Require(header.RequiredSignatures + header.ReadOnlyUnsigned <= written, "The header counts more accounts than there are.");

        var loaded = written;
        foreach (var lookup in message.Lookups)
        {
            var count = lookup.WritableIndexes.Count + lookup.ReadOnlyIndexes.Count;
            Require(count > 0, "A lookup takes nothing from its table.");
            loaded += count;
        }

        Require(loaded <= AccountsMax, $"More than {AccountsMax} accounts.");
        Require(new HashSet<PublicKey>(message.AccountKeys).Count == written, "An account is listed twice.");
        foreach (var instruction in message.Instructions)
        {
            RequireProgram(instruction.ProgramIdIndex, written);
            foreach (var index in instruction.AccountIndexes)
            {
                Require(index < loaded, "An account index is out of range.");
            }
        }
    }

    /// <exception cref="FormatException">No account of this number can be called.</exception>
    public static void RequireProgram(byte number, int written)
    {
        Require(number != 0, "The fee payer cannot be a program.");
        Require(number < written, "A program index is out of range.");
    }

    private static void Require(bool condition, string complaint)
    {
        if (!condition)
        {
            throw new FormatException(complaint);
        }
    }
}
