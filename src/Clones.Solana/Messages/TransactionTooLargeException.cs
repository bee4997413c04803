namespace Clones.Solana.Messages;

/// <summary>The instructions do not fit into one transaction.</summary>
public sealed class TransactionTooLargeException(int size)
    : InvalidOperationException($"The transaction has {size} bytes; at most {Transaction.SizeMax} fit.")
{
    /// <summary>In bytes.</summary>
    public int Size { get; } = size;
}
