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
    public static IReadOnlyList<MessageTransfer> Of(Message message, PublicKey wallet)
    {
        var transfers = new List<MessageTransfer>();
        foreach (var instruction in message.Instructions)
        {
            // Looked-up accounts are not in the message; nothing of ours uses them.
            if (instruction.AccountIndexes.Any(i => i >= message.AccountKeys.Count))
            {
                continue;
            }

            var program = message.AccountKeys[instruction.ProgramIdIndex];
            var data = instruction.Data.AsSpan();
            PublicKey[] accounts = [.. instruction.AccountIndexes.Select(i => message.AccountKeys[i])];
            if (program == SystemProgram.Id && data.Length == 12 && BinaryPrimitives.ReadUInt32LittleEndian(data) == 2)
            {
                if (accounts.Length >= 2 && accounts[0] == wallet)
                {
                    transfers.Add(new MessageTransfer(null, null, wallet, accounts[1], BinaryPrimitives.ReadUInt64LittleEndian(data[4..])));
                }
            }
            else if (TokenProgram.IsTokenProgram(program) && data.Length == 10 && data[0] == 12)
            {
                if (accounts.Length >= 4 && accounts[3] == wallet)
                {
                    var amount = BinaryPrimitives.ReadUInt64LittleEndian(data[1..]);
                    transfers.Add(new MessageTransfer(accounts[1], program, accounts[0], accounts[2], amount));
                }
            }
        }
        return transfers;
    }

    /// <summary>The text of the message's memo; null where it has none, or several.</summary>
    public static string? MemoOf(Message message)
    {
        var memos = message.Instructions.Where(i => message.AccountKeys[i.ProgramIdIndex] == MemoProgram.Id).Take(2).ToList();
        return memos.Count == 1 ? Encoding.UTF8.GetString(memos[0].Data) : null;
    }

    /// <summary>In what the transfers differ from the payments that the transaction was to carry, for people; null where they are the same.</summary>
    public static string? Deviation(IReadOnlyList<MessageTransfer> transfers, IReadOnlyList<Payment> payments)
    {
        var left = transfers.ToList();
        foreach (var payment in payments)
        {
            var found = left.FindIndex(t => IsOf(t, payment));
            if (found < 0)
            {
                return $"no transfer of {payment.Amount} {payment.Mint ?? "lamports"} to {payment.Recipient}";
            }
            left.RemoveAt(found);
        }
        return left.Count == 0 ? null : $"a transfer of {left[0].Amount} {left[0].Mint?.ToString() ?? "lamports"} to {left[0].Destination}";
    }

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
