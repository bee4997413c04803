using System.Text;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

/// <summary>Writes a text into the transaction; nodes list it with signatures, so it can be found again.</summary>
public static class MemoProgram
{
    public static PublicKey Id { get; } = PublicKey.Parse("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="signers">Keys that vouch for the text; they must sign the transaction.</param>
    /// <exception cref="ArgumentException">The text holds a lone surrogate: the program takes valid UTF-8 only.</exception>
    public static Instruction Write(string text, params PublicKey[] signers) =>
        new(Id, Array.ConvertAll(signers, signer => AccountMeta.ReadOnly(signer, isSigner: true)), StrictUtf8.GetBytes(text));
}
