using System.Buffers.Text;
using Clones.Chaos.Work;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Chaos.Audit;

/// <summary>One finalized transaction in a deposit wallet's history.</summary>
/// <param name="TransactionId">From its memo; null where it has none of ours.</param>
/// <param name="Lamports">What the wallet has more (or less) by it.</param>
/// <param name="Fee">Lamports; 0 where somebody else paid.</param>
/// <param name="Tokens">What the wallet has more (or less) of each mint.</param>
/// <param name="Succeeded">Whether the chain executed it.</param>
/// <param name="PaymentTags">Of its memo: the payments that share it. One alone has the transaction's id.</param>
internal sealed record ChainEntry(
    Signature Signature,
    Guid? TransactionId,
    int Attempt,
    bool Succeeded,
    Int128 Lamports,
    ulong Fee,
    IReadOnlyDictionary<PublicKey, Int128> Tokens,
    IReadOnlyList<Guid> PaymentTags
);

/// <summary>What the chain shows of one wallet.</summary>
internal sealed record WalletOnChain(IReadOnlyList<ChainEntry> History, ulong Lamports, ulong Tokens);

/// <summary>Reads everything off the chain, at finalized, without asking our own database for anything.</summary>
internal sealed class ChainReading(IRpcClient rpc)
{
    private const int AtOnce = 16;
    private const int TagLength = 22;

    public async Task<WalletOnChain> WalletAsync(ChaosPool pool, CancellationToken cancellationToken)
    {
        var entries = await EntriesAsync(pool.Wallet, cancellationToken);
        var lamports = await rpc.GetBalanceAsync(pool.Wallet, cancellationToken: cancellationToken);
        return new WalletOnChain(
            entries,
            lamports.Value,
            pool.Mint is { } mint ? await TokensAsync(pool.Wallet, mint, cancellationToken) : 0
        );
    }

    /// <summary>The transactions of ours that an address paid for.</summary>
    public async Task<IReadOnlyList<ChainEntry>> PaidByAsync(PublicKey payer, CancellationToken cancellationToken) =>
        [.. (await EntriesAsync(payer, cancellationToken)).Where(e => e is { Fee: > 0, TransactionId: not null })];

    private async Task<ChainEntry[]> EntriesAsync(PublicKey address, CancellationToken cancellationToken)
    {
        var signatures = await HistoryAsync(address, cancellationToken);
        var entries = new ChainEntry[signatures.Count];
        await Parallel.ForAsync(
            0,
            signatures.Count,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (i, stop) => entries[i] = await EntryAsync(address, signatures[i], stop)
        );
        return entries;
    }

    /// <summary>What a person holds: base units of the mint, or lamports.</summary>
    public async Task<ulong> HoldingsAsync(PublicKey person, PublicKey? mint, CancellationToken cancellationToken) =>
        mint is { } token
            ? await TokensAsync(person, token, cancellationToken)
            : (await rpc.GetBalanceAsync(person, cancellationToken: cancellationToken)).Value;

    public async Task<bool> ExistsAsync(PublicKey address, CancellationToken cancellationToken) =>
        (await rpc.GetAccountInfoAsync(address, cancellationToken: cancellationToken)).Value is not null;

    private async Task<ulong> TokensAsync(PublicKey person, PublicKey mint, CancellationToken cancellationToken)
    {
        var address = AssociatedTokenAccountProgram.FindAddress(person, mint, TokenProgram.Id);
        return await ExistsAsync(address, cancellationToken)
            ? (await rpc.GetTokenAccountBalanceAsync(address, cancellationToken: cancellationToken)).Value.Amount
            : 0;
    }

    private async Task<IReadOnlyList<SignatureInfo>> HistoryAsync(PublicKey address, CancellationToken cancellationToken) =>
        await new AddressHistory(rpc, address, Commitment.Finalized).ReadWholeAsync(cancellationToken)
        ?? throw new InvalidOperationException($"The chain does not list the history of {address} to its beginning.");

    private async Task<ChainEntry> EntryAsync(PublicKey wallet, SignatureInfo info, CancellationToken cancellationToken)
    {
        var detail =
            await rpc.GetTransactionAsync(info.Signature, cancellationToken: cancellationToken)
            ?? throw new InvalidOperationException($"The chain lists {info.Signature} and does not know it.");
        var keys = Transaction.Deserialize(detail.TransactionBytes.Span).Message.AccountKeys.ToList();
        var index = keys.IndexOf(wallet);
        var (id, attempt, tags) = MemoOf(info.Memo);
        return new ChainEntry(
            info.Signature,
            id,
            attempt,
            detail.Err is null,
            (Int128)detail.PostBalances[index] - detail.PreBalances[index],
            index == 0 ? detail.Fee : 0,
            detail
                .PreTokenBalances.Select(b => (b, Sign: -1))
                .Concat(detail.PostTokenBalances.Select(b => (b, Sign: 1)))
                .Where(t => t.b.Owner == wallet)
                .GroupBy(t => t.b.Mint)
                .ToDictionary(t => t.Key, t => t.Aggregate(Int128.Zero, (sum, one) => sum + one.Sign * (Int128)one.b.Amount)),
            tags
        );
    }

    /// <summary>"[38] transaction:attempt", and ":tags" behind it where several payments share it, as nodes list it.</summary>
    private static (Guid?, int, IReadOnlyList<Guid>) MemoOf(string? memo)
    {
        var text = memo?[(memo.IndexOf(' ', StringComparison.Ordinal) + 1)..].Split(':');
        return
            text is [var id, var attempt, .. var rest]
            && Guid.TryParseExact(id, "D", out var transaction)
            && int.TryParse(attempt, out var number)
            ? (transaction, number, rest.Length == 0 ? [transaction] : [.. rest[0].Chunk(TagLength).Select(TagOf)])
            : (null, 0, []);
    }

    private static Guid TagOf(char[] text) => new(Base64Url.DecodeFromChars(text), bigEndian: true);
}
