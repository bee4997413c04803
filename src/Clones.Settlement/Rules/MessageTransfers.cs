using System.Buffers.Binary;
using System.Text;
using Clones.Domain.Payments;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;

namespace Clones.Settlement.Rules;

/// <param name="Mint">Null for lamports.</param>
/// <param name="TokenProgram">Null for lamports.</param>
/// <param name="Source">The wallet, or its token account.</param>
/// <param name="Destination">A wallet, or a token account.</param>
/// <param name="Amount">Lamports, or base units of the mint.</param>
internal sealed record MessageTransfer(PublicKey? Mint, PublicKey? TokenProgram, PublicKey Source, PublicKey Destination, ulong Amount);

/// <summary>What a signed message moves and says, read from its bytes. Pure.</summary>
internal static class MessageTransfers
{
    /// <summary>The transfers that the wallet authorizes, in the order of the message.</summary>
    public static IReadOnlyList<MessageTransfer> Of(Message message, PublicKey wallet) =>
        [.. message.Instructions.Select(i => Read(message, i, wallet)).OfType<MessageTransfer>()];

    /// <summary>How many of them stand before an instruction.</summary>
    public static int CountBefore(Message message, PublicKey wallet, int instruction) =>
        message.Instructions.Take(instruction).Count(i => Read(message, i, wallet) is not null);

    private static MessageTransfer? Read(Message message, CompiledInstruction instruction, PublicKey wallet)
    {
        // Looked-up accounts are not in the message; nothing of ours uses them.
        if (instruction.AccountIndexes.Any(i => i >= message.AccountKeys.Count))
        {
            return null;
        }

        var program = message.AccountKeys[instruction.ProgramIdIndex];
        var data = instruction.Data.AsSpan();
        PublicKey[] accounts = [.. instruction.AccountIndexes.Select(i => message.AccountKeys[i])];
        if (program == SystemProgram.Id && data.Length == 12 && BinaryPrimitives.ReadUInt32LittleEndian(data) == 2)
        {
            return accounts.Length >= 2 && accounts[0] == wallet
                ? new MessageTransfer(null, null, wallet, accounts[1], BinaryPrimitives.ReadUInt64LittleEndian(data[4..]))
                : null;
        }
        return TokenProgram.IsTokenProgram(program) && data.Length == 10 && data[0] == 12 && accounts.Length >= 4 && accounts[3] == wallet
            ? new MessageTransfer(accounts[1], program, accounts[0], accounts[2], BinaryPrimitives.ReadUInt64LittleEndian(data[1..]))
            : null;
    }

    /// <summary>The text of the message's memo; null where it has none, or several.</summary>
    public static string? MemoOf(Message message)
    {
        var memos = message.Instructions.Where(i => message.AccountKeys[i.ProgramIdIndex] == MemoProgram.Id).Take(2).ToList();
        return memos.Count == 1 ? Encoding.UTF8.GetString(memos[0].Data) : null;
    }

    /// <summary>In what a message differs from what the payments are to get by it, for people; null where it pays each of them.</summary>
    /// <param name="message">With a memo that names the payments, it may pay others as well: a database restored from a backup has forgotten them.</param>
    /// <param name="payments">That the transaction carries, as far as they are known.</param>
    public static string? Deviation(Message message, PublicKey wallet, IReadOnlyList<Payment> payments)
    {
        var transfers = Of(message, wallet);
        if (TransactionMemo.Parse(MemoOf(message)) is not { PaymentTags: { Count: > 0 } tags })
        {
            return Deviation(transfers, payments);
        }
        if (tags.Count != transfers.Count)
        {
            return $"{transfers.Count} transfers, and {tags.Count} payments in the memo";
        }
        var places = tags.Index().ToDictionary(t => t.Item, t => t.Index);
        return payments
            .Where(p => !places.TryGetValue(p.Tag, out var place) || !IsOf(transfers[place], p))
            .Select(Missing)
            .FirstOrDefault();
    }

    private static string? Deviation(IReadOnlyList<MessageTransfer> transfers, IReadOnlyList<Payment> payments)
    {
        var left = transfers.ToList();
        foreach (var payment in payments)
        {
            var found = left.FindIndex(t => IsOf(t, payment));
            if (found < 0)
            {
                return Missing(payment);
            }
            left.RemoveAt(found);
        }
        return left.Count == 0 ? null : $"a transfer of {left[0].Amount} {left[0].Mint?.ToString() ?? "lamports"} to {left[0].Destination}";
    }

    private static string Missing(Payment payment) =>
        $"no transfer of {payment.Amount} {payment.Mint ?? "lamports"} to {payment.Recipient}";

    private static bool IsOf(MessageTransfer transfer, Payment payment)
    {
        if (transfer.Amount != payment.Amount || transfer.Mint?.ToString() != payment.Mint)
        {
            return false;
        }

        var recipient = PublicKey.Parse(payment.Recipient);
        return transfer is { Mint: { } mint, TokenProgram: { } program }
            ? transfer.Destination == AssociatedTokenAccountProgram.FindAddress(recipient, mint, program)
            : transfer.Destination == recipient;
    }
}
