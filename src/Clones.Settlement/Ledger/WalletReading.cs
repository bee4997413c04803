using System.Numerics;
using Clones.Domain.Ledger;
using Clones.Settlement.Chain;
using Clones.Settlement.Rules;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Ledger;

/// <summary>A deposit wallet whose history is read.</summary>
/// <param name="Mints">Tokens of its ledger, base58.</param>
public sealed record WatchedWallet(Guid Id, string Address, DateTimeOffset CreatedAt, IReadOnlyList<string> Mints);

/// <summary>What one finalized transaction did to one wallet. Pure: the same transaction is always read the same.</summary>
/// <param name="OnChain">Set where the wallet paid for the transaction, and so signed it.</param>
public sealed record WalletReading(OnChainTransaction? OnChain, IReadOnlyList<WalletMovement> Movements)
{
    /// <param name="tokenAccounts">The wallet's associated token accounts, with their mints.</param>
    /// <exception cref="FormatException">The bytes are no transaction, and were not found to be none before.</exception>
    public static WalletReading Of(
        WatchedWallet wallet,
        IReadOnlyDictionary<PublicKey, PublicKey> tokenAccounts,
        TransactionDetail detail,
        string genesisHash,
        DateTimeOffset now
    )
    {
        if (detail.Unparsed is { } unparsed)
        {
            return OfUnparsed(wallet, tokenAccounts, detail, unparsed, now);
        }

        var transaction = Transaction.Deserialize(detail.TransactionBytes.Span);
        var message = transaction.Message;
        var address = PublicKey.Parse(wallet.Address);
        var pays = message.FeePayer == address;

        // Anybody can write a memo that names a transaction of ours; only who signs with the wallet's key means it.
        var memo = pays ? TransactionMemo.Parse(MessageTransfers.MemoOf(message)) : null;
        var signature = transaction.Id.ToString();
        var movements = new List<WalletMovement>();
        var alone = pays && message.Signers.Count == 1;
        PublicKey[] accounts = [.. message.AccountKeys, .. detail.LoadedWritable, .. detail.LoadedReadOnly];
        var lamports = LamportsOf(detail, Array.IndexOf(accounts, address));
        var transfers = alone ? MessageTransfers.Of(message, address) : [];
        // A rejected transaction has moved nothing, and its fee is still that of the payments which it names.
        var booked = alone ? PaymentsOf(memo, transfers) : [];
        if (pays)
        {
            AddShares(MovementKind.Fee, detail.Fee, [.. booked.Select(_ => 1UL)]);
            lamports += detail.Fee;
        }

        var tokens = tokenAccounts.Values.Distinct().ToDictionary(mint => mint, mint => TokensOf(detail, accounts, tokenAccounts, mint));
        foreach (var (index, transfer) in (detail.Err is null ? transfers : []).Index())
        {
            if (transfer.Mint is not { } mint)
            {
                lamports += transfer.Amount;
            }
            else if (tokenAccounts.ContainsKey(transfer.Source))
            {
                tokens[mint] += transfer.Amount;
            }
            else
            {
                continue;
            }
            var tag = index < booked.Count ? booked[index] : (Guid?)null;
            Add(MovementKind.Payment, transfer.Mint, -(BigInteger)transfer.Amount, transfer.Destination, tag);
        }

        if (detail.Err is null && lamports < 0 && transfers.Any(t => t.Mint is not null))
        {
            AddShares(MovementKind.Rent, -lamports, RentWeights(detail, accounts, transfers));
        }
        else
        {
            AddRest(null, lamports);
        }
        foreach (var (mint, rest) in tokens.OrderBy(t => t.Key))
        {
            AddRest(mint, rest);
        }
        if (movements.Count == 0)
        {
            Add(MovementKind.None, null, BigInteger.Zero);
        }
        return new WalletReading(pays ? OnChainOf() : null, movements);

        void AddRest(PublicKey? mint, BigInteger rest)
        {
            if (!rest.IsZero)
            {
                var kind =
                    !message.Signers.Contains(address) && rest > 0 ? MovementKind.Deposit
                    : pays && !alone ? MovementKind.Deployment
                    : MovementKind.Unknown;
                Add(kind, mint, rest);
            }
        }

        // Lamports that several payments have cost together, payment by payment.
        void AddShares(MovementKind kind, BigInteger cost, IReadOnlyList<ulong> weights)
        {
            if (booked.Count == 0 || weights.Count != booked.Count)
            {
                Add(kind, null, -cost);
                return;
            }
            foreach (var (share, tag) in LargestRemainder.Share(cost, weights).Zip(booked).Where(s => !s.First.IsZero))
            {
                Add(kind, null, -share, null, tag);
            }
        }

        void Add(MovementKind kind, PublicKey? mint, BigInteger delta, PublicKey? destination = null, Guid? paymentTag = null) =>
            movements.Add(
                new WalletMovement
                {
                    WalletId = wallet.Id,
                    Signature = signature,
                    Ordinal = movements.Count,
                    Kind = kind,
                    Mint = mint?.ToString(),
                    Delta = delta,
                    Slot = detail.Slot,
                    BlockTime = detail.BlockTime,
                    TransactionId = memo?.TransactionId,
                    AttemptNumber = memo?.AttemptNumber,
                    PaymentTag = paymentTag,
                    Destination = destination?.ToString(),
                    Failed = detail.Err is not null,
                    RecordedAt = now,
                }
            );

        OnChainTransaction OnChainOf() =>
            new()
            {
                Signature = signature,
                WalletId = wallet.Id,
                TransactionId = memo?.TransactionId,
                AttemptNumber = memo?.AttemptNumber,
                PaymentTags = detail.Err is null && memo?.PaymentTags is { Count: > 0 } tags ? [.. tags] : null,
                Slot = detail.Slot,
                BlockTime = detail.BlockTime,
                Error = detail.Err,
                FeeLamports = detail.Fee,
                WireBytes = detail.TransactionBytes.ToArray(),
                GenesisHash = genesisHash,
                RecordedAt = now,
            };
    }

    // By their tags, in the order of the transfers. Nothing is booked where the memo names fewer or more.
    private static IReadOnlyList<Guid> PaymentsOf(TransactionMemo? memo, IReadOnlyList<MessageTransfer> transfers) =>
        memo switch
        {
            { PaymentTags: { Count: > 0 } tags } => tags.Count == transfers.Count ? tags : [],
            { TransactionId: var id } => transfers.Count == 1 ? [id] : [],
            null => [],
        };

    // What the accounts that it made have got beside the transfers, each shared by those who are paid into it.
    private static IReadOnlyList<ulong> RentWeights(
        TransactionDetail detail,
        PublicKey[] accounts,
        IReadOnlyList<MessageTransfer> transfers
    )
    {
        var shared = transfers.GroupBy(t => t.Destination).ToDictionary(g => g.Key, g => WeightOf(g.Key, [.. g]));
        return [.. transfers.Select(t => shared[t.Destination])];

        ulong WeightOf(PublicKey account, MessageTransfer[] into)
        {
            if (Array.TrueForAll(into, t => t.Mint is null))
            {
                return 0;
            }

            // An account of wrapped SOL holds what is transferred as lamports too.
            var wrapped = into.Where(t => t.Mint == TokenProgram.NativeMint).Aggregate(BigInteger.Zero, (sum, t) => sum + t.Amount);
            var rent = LamportsOf(detail, Array.IndexOf(accounts, account)) - wrapped;
            return rent > 0 ? (ulong)rent / (ulong)into.Length : 0;
        }
    }

    /// <summary>What the balances changed by, as far as the nodes tell: who meant what by it is not known.</summary>
    private static WalletReading OfUnparsed(
        WatchedWallet wallet,
        IReadOnlyDictionary<PublicKey, PublicKey> tokenAccounts,
        TransactionDetail detail,
        UnparsedTransaction unparsed,
        DateTimeOffset now
    )
    {
        PublicKey[] accounts = [.. unparsed.AccountKeys, .. detail.LoadedWritable, .. detail.LoadedReadOnly];
        var lamports = LamportsOf(detail, Array.IndexOf(accounts, PublicKey.Parse(wallet.Address)));
        List<(PublicKey? Mint, BigInteger Delta)> deltas = lamports.IsZero ? [] : [(null, lamports)];
        foreach (var mint in tokenAccounts.Values.Distinct().Order())
        {
            var delta = TokensOf(detail, accounts, tokenAccounts, mint);
            if (!delta.IsZero)
            {
                deltas.Add((mint, delta));
            }
        }
        if (deltas.Count == 0)
        {
            deltas.Add((null, BigInteger.Zero));
        }
        return new WalletReading(
            null,
            [
                .. deltas.Select(
                    (d, ordinal) =>
                        new WalletMovement
                        {
                            WalletId = wallet.Id,
                            Signature = unparsed.Signature.ToString(),
                            Ordinal = ordinal,
                            Kind = MovementKind.Unparsed,
                            Mint = d.Mint?.ToString(),
                            Delta = d.Delta,
                            Slot = detail.Slot,
                            BlockTime = detail.BlockTime,
                            Failed = detail.Err is not null,
                            Unparsed = unparsed.Reason,
                            UnparsedByVersion = MessageVersions.Highest,
                            RecordedAt = now,
                        }
                ),
            ]
        );
    }

    private static BigInteger LamportsOf(TransactionDetail detail, int index) =>
        index < 0 || index >= detail.PreBalances.Count || index >= detail.PostBalances.Count
            ? BigInteger.Zero
            : (BigInteger)detail.PostBalances[index] - detail.PreBalances[index];

    private static BigInteger TokensOf(
        TransactionDetail detail,
        PublicKey[] accounts,
        IReadOnlyDictionary<PublicKey, PublicKey> tokenAccounts,
        PublicKey mint
    )
    {
        return Sum(detail.PostTokenBalances) - Sum(detail.PreTokenBalances);

        BigInteger Sum(IEnumerable<TransactionTokenBalance> balances) =>
            balances
                .Where(b => b.Mint == mint && b.AccountIndex < accounts.Length && tokenAccounts.ContainsKey(accounts[b.AccountIndex]))
                .Aggregate(BigInteger.Zero, (sum, b) => sum + b.Amount);
    }
}
