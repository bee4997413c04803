namespace Clones.Custody.Transit;

/// <summary>What is asked of Transit.</summary>
/// <param name="Operation">encrypt, decrypt or keys.</param>
/// <param name="Body">Null for a read. Stays the caller's.</param>
/// <param name="AnswerBytesMax">A longer answer is not Vault's.</param>
internal readonly record struct TransitCall(string Operation, PinnedBuffer? Body, int AnswerBytesMax);
