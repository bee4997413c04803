using Clones.Solana.Primitives;

namespace Clones.Solana.Rpc;

/// <summary>An answer together with the slot at which the node read.</summary>
public readonly record struct RpcValue<T>(ulong Slot, T Value);

/// <param name="Slot">The node's slot at which it answered.</param>
/// <param name="LastValidBlockHeight">The last block height (not slot) at which a transaction with this hash can land.</param>
public sealed record LatestBlockhash(ulong Slot, Blockhash Blockhash, ulong LastValidBlockHeight);

/// <param name="Slot">Where the transaction was executed.</param>
/// <param name="Confirmations">Null once rooted.</param>
/// <param name="Err">Null when it succeeded; otherwise the error in the form of <see cref="TransactionErr"/>.</param>
public sealed record TransactionStatus(ulong Slot, ulong? Confirmations, Commitment ConfirmationStatus, string? Err)
{
    public bool Succeeded => Err is null;
}

/// <summary>One line of an address's history.</summary>
/// <param name="Memo">As the node writes it: "[length] text", several joined by "; ".</param>
/// <param name="BlockTime">Unix seconds, as the validators estimate.</param>
public sealed record SignatureInfo(
    Signature Signature,
    ulong Slot,
    string? Err,
    string? Memo,
    long? BlockTime,
    Commitment? ConfirmationStatus
);

/// <summary>A transaction as it was executed.</summary>
/// <param name="BlockTime">Unix seconds, as the validators estimate.</param>
/// <param name="Fee">Lamports.</param>
/// <param name="TransactionBytes">The wire bytes, signatures included.</param>
/// <param name="PreBalances">Lamports by account: those of the message, then looked-up writable, then looked-up read-only ones.</param>
/// <param name="Logs">Null when the node did not keep them.</param>
public sealed record TransactionDetail(
    ulong Slot,
    long? BlockTime,
    string? Err,
    ulong Fee,
    ReadOnlyMemory<byte> TransactionBytes,
    IReadOnlyList<ulong> PreBalances,
    IReadOnlyList<ulong> PostBalances,
    IReadOnlyList<TransactionTokenBalance> PreTokenBalances,
    IReadOnlyList<TransactionTokenBalance> PostTokenBalances,
    IReadOnlyList<PublicKey> LoadedWritable,
    IReadOnlyList<PublicKey> LoadedReadOnly,
    IReadOnlyList<string>? Logs,
    ulong? ComputeUnitsConsumed
)
{
    /// <summary>Set where the bytes cannot be read here, and are not held: the rest is as the node understands them.</summary>
    public UnparsedTransaction? Unparsed { get; init; }
}

/// <param name="Signature">By which it is listed.</param>
/// <param name="AccountKeys">Those of the message, fee payer first; empty where the node does not name them.</param>
/// <param name="Reason">Why it cannot be read, for people.</param>
public sealed record UnparsedTransaction(Signature Signature, IReadOnlyList<PublicKey> AccountKeys, string Reason);

/// <param name="AccountIndex">Into the accounts as in <see cref="TransactionDetail.PreBalances"/>.</param>
/// <param name="Amount">Base units.</param>
public sealed record TransactionTokenBalance(int AccountIndex, PublicKey Mint, PublicKey? Owner, ulong Amount, byte Decimals);

/// <summary>What would happen if the transaction were executed now.</summary>
/// <param name="Err">Null when it would succeed; otherwise the error in the form of <see cref="TransactionErr"/>.</param>
public sealed record SimulationResult(string? Err, IReadOnlyList<string> Logs, ulong? UnitsConsumed)
{
    public bool Succeeded => Err is null;
}

/// <param name="Lamports">The balance.</param>
/// <param name="Owner">The program that may change the account.</param>
public sealed record AccountInfo(ulong Lamports, PublicKey Owner, ReadOnlyMemory<byte> Data, bool Executable);

/// <param name="Account">The token account's address.</param>
public sealed record OwnedTokenAccount(PublicKey Account, AccountInfo Info);

/// <param name="Amount">Base units.</param>
public sealed record TokenAmount(ulong Amount, byte Decimals);

/// <param name="MicroLamports">Millionths of a lamport per compute unit, the lowest that landed in this slot.</param>
public sealed record PrioritizationFee(ulong Slot, ulong MicroLamports);

public static class PrioritizationFees
{
    /// <returns>What three of four of the slots paid at most, in micro-lamports per compute unit; 0 where nobody paid.</returns>
    public static ulong UpperQuartile(this IEnumerable<PrioritizationFee> fees)
    {
        var sorted = fees.Select(fee => fee.MicroLamports).Order().ToArray();
        return sorted.Length == 0 ? 0 : sorted[sorted.Length * 3 / 4];
    }
}

public sealed record EpochInfo(ulong AbsoluteSlot, ulong BlockHeight, ulong Epoch, ulong SlotIndex, ulong SlotsInEpoch);
