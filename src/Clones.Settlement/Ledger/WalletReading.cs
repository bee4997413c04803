using System.Numerics;
using Clones.Domain.Ledger;
using Clones.Settlement.Chain;
using Clones.Settlement.Rules;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Ledger;

/// <summary>A deposit wallet whose history is read.</summary>
/// <param name="Mints">Tokens of its ledger, base58.</param>
public sealed record WatchedWallet(Guid Id, string Address, DateTimeOffset CreatedAt, IReadOnlyList<string> Mints);

/// <summary>What one finalized transaction did to one wallet. Pure: the same transaction is always read the same.</summary>
/// <param name="Landing">Set where the wallet paid for the transaction, and so signed it.</param>
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
        Guid? transactionId = null;
        int? attempt = null;
        IReadOnlyList<Guid> tags = [];
        if (pays && TransactionMemo.Parse(MessageTransfers.MemoOf(message)) is { } memo)
        {
            (transactionId, attempt, tags) = (memo.TransactionId, memo.AttemptNumber, memo.PaymentTags);
        }

        var signature = transaction.Id.ToString();
        var movements = new List<WalletMovement>();
        var alone = pays && message.Signers.Count == 1;
        PublicKey[] accounts = [.. message.AccountKeys, .. detail.LoadedWritable, .. detail.LoadedReadOnly];
        var lamports = LamportsOf(detail, Array.IndexOf(accounts, address));
        var transfers = alone && detail.Err is null ? MessageTransfers.Of(message, address) : [];
        if (pays)
        {
            Add(MovementKind.Fee, null, -(BigInteger)detail.Fee, null);
            lamports += detail.Fee;
        }

        var tokens = tokenAccounts.Values.Distinct().ToDictionary(mint => mint, mint => TokensOf(detail, accounts, tokenAccounts, mint));
        foreach (var transfer in transfers)
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
            Add(MovementKind.Payment, transfer.Mint, -(BigInteger)transfer.Amount, transfer.Destination);
        }

        var paysTokens = transfers.Any(t => t.Mint is not null);
        AddRest(null, lamports, alone && paysTokens && lamports < 0 ? MovementKind.Rent : null);
        foreach (var (mint, rest) in tokens.OrderBy(t => t.Key))
        {
            AddRest(mint, rest, null);
        }
        if (movements.Count == 0)
        {
            Add(MovementKind.None, null, BigInteger.Zero, null);
        }
        return new WalletReading(pays ? OnChainOf() : null, movements);

        void AddRest(PublicKey? mint, BigInteger rest, MovementKind? kind)
        {
            if (!rest.IsZero)
            {
                var signs = message.Signers.Contains(address);
                Add(
                    kind
                        ?? (
                            !signs && rest > 0 ? MovementKind.Deposit
                            : pays && !alone ? MovementKind.Deployment
                            : MovementKind.Unknown
                        ),
                    mint,
                    rest,
                    null
                );
            }
        }

        void Add(MovementKind kind, PublicKey? mint, BigInteger delta, PublicKey? destination) =>
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
                    TransactionId = transactionId,
                    AttemptNumber = attempt,
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
                TransactionId = transactionId,
                AttemptNumber = attempt,
                PaymentTags = detail.Err is null && tags.Count > 0 ? [.. tags] : null,
                Slot = detail.Slot,
                BlockTime = detail.BlockTime,
                Error = detail.Err,
                FeeLamports = detail.Fee,
                WireBytes = detail.TransactionBytes.ToArray(),
                GenesisHash = genesisHash,
                RecordedAt = now,
            };
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
