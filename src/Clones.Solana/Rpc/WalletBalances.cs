using System.Collections.Concurrent;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;

namespace Clones.Solana.Rpc;

/// <summary>Reads what a wallet has, everything in one request at one finalized slot. An error is thrown, never read as zero.</summary>
public sealed class WalletBalances(RpcEndpoints rpc)
{
    /// <summary>Immutable owner, which every associated account of Token-2022 has: one byte of type, four of extension.</summary>
    private const int Token2022AccountSize = TokenAccount.Size + 5;

    private const int MintsMax = 33;

    // The chain's rent per size; a change of it is an upgrade of the whole cluster.
    private readonly ConcurrentDictionary<int, ulong> rentBySize = new();

    /// <summary>Lamports that an account of this many bytes must hold, by the chain's own word.</summary>
    public async Task<ulong> RentAsync(int size, CancellationToken cancellationToken)
    {
        if (!rentBySize.TryGetValue(size, out var lamports))
        {
            lamports = await rpc.ReadAsync((node, ct) => node.GetMinimumBalanceForRentExemptionAsync((ulong)size, ct), cancellationToken);
            rentBySize[size] = lamports;
        }
        return lamports;
    }

    /// <param name="wallet">Whose balances.</param>
    /// <param name="mints">At most 33; each is searched for under the token program that owns it.</param>
    /// <param name="minContextSlot">Reject nodes that have not reached this slot; null takes any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RpcException">No answer.</exception>
    public async Task<WalletBalance> ReadAsync(
        PublicKey wallet,
        IReadOnlyCollection<PublicKey> mints,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mints.Count, MintsMax, nameof(mints));
        var distinct = mints.Distinct().ToArray();
        PublicKey[] addresses = [wallet, .. distinct, .. distinct.SelectMany(mint => TokenAccountsOf(wallet, mint))];
        var floor = await RentAsync(0, cancellationToken);
        var read = await AccountsAsync(addresses, 1..(1 + distinct.Length), minContextSlot, cancellationToken);

        var tokens = new Dictionary<PublicKey, ulong>();
        var first = 1 + distinct.Length;
        for (var i = 0; i < distinct.Length; i++)
        {
            // Under the program that does not own the mint there can be no account of it.
            tokens[distinct[i]] = (Holding(read.Value[first + 2 * i]) ?? Holding(read.Value[first + 2 * i + 1]))?.Amount ?? 0;
        }
        return new WalletBalance(wallet, read.Slot, read.Value[0]?.Lamports ?? 0, floor, tokens);
    }

    /// <summary>
    /// What the chain says of transfers: the balances of each wallet, and everyone who is to be paid, as many to a request as a node takes,
    /// of whatever wallets. Every question reads its wallet and its mint too, so that no answer comes from a node that does not know them.
    /// </summary>
    /// <returns>One for each question. What cannot be answered of one wallet keeps no other from its answer.</returns>
    public async Task<IReadOnlyList<TransferAnswer>> ReadForTransfersAsync(
        IReadOnlyList<TransferQuestion> questions,
        CancellationToken cancellationToken
    )
    {
        if (questions.Count == 0)
        {
            return [];
        }
        ulong floor;
        try
        {
            floor = await RentAsync(0, cancellationToken);
        }
        catch (RpcException e)
        {
            return [.. questions.Select(_ => new TransferAnswer(null, e))];
        }
        var answers = new TransferAnswer?[questions.Count];
        foreach (var some in Requests(questions).Chunk(ManyAccounts.RequestsAtOnce))
        {
            foreach (var read in await Task.WhenAll(some.Select(request => AskAsync(request, floor, cancellationToken))))
            {
                foreach (var (part, answer) in read)
                {
                    answers[part.Index] = answers[part.Index]?.With(answer) ?? answer;
                }
            }
        }
        return answers!;
    }

    private static List<List<TransferPart>> Requests(IReadOnlyList<TransferQuestion> questions)
    {
        var requests = new List<List<TransferPart>>();
        var room = 0;
        foreach (var part in questions.SelectMany(PartsOf))
        {
            if (part.Addresses.Length > room)
            {
                requests.Add([]);
                room = ManyAccounts.PerRequest;
            }
            requests[^1].Add(part);
            room -= part.Addresses.Length;
        }
        return requests;
    }

    private static IEnumerable<TransferPart> PartsOf(TransferQuestion question, int index)
    {
        var (own, each) = question.Mint is null ? (1, 1) : (4, 3);
        PublicKey[][] parts = [.. question.Recipients.Distinct().Chunk((ManyAccounts.PerRequest - own) / each)];
        return (
            parts.Length == 0
                ?
                [
                    [],
                ]
                : parts
        ).Select(recipients => new TransferPart(
            index,
            question,
            recipients,
            question.Mint is { } mint
                ?
                [
                    mint,
                    question.Wallet,
                    .. TokenAccountsOf(question.Wallet, mint),
                    .. recipients.SelectMany(recipient => (PublicKey[])[recipient, .. TokenAccountsOf(recipient, mint)]),
                ]
                : [question.Wallet, .. recipients]
        ));
    }

    private async Task<IReadOnlyList<(TransferPart Part, TransferAnswer Answer)>> AskAsync(
        List<TransferPart> request,
        ulong floor,
        CancellationToken cancellationToken
    )
    {
        if (request is [var single])
        {
            return [(single, await AskAloneAsync(single, floor, cancellationToken))];
        }
        PublicKey[] addresses = [.. request.SelectMany(part => part.Addresses)];
        // What one of them demands of a node is not demanded for the others: whom the answer does not do is asked about alone.
        var least = request.Min(part => part.Question.MinSlot);
        RpcValue<IReadOnlyList<AccountInfo?>> read;
        try
        {
            read = await AccountsAsync(addresses, ..0, NotBefore(least), cancellationToken);
        }
        catch (RpcException e) when (e.Fault == RpcFault.Unasked)
        {
            return [.. request.Select(part => (part, new TransferAnswer(null, e)))];
        }
        catch (RpcException)
        {
            // It may be for what one of them names, such as an account that is too large.
            return await Task.WhenAll(request.Select(async part => (part, await AskAloneAsync(part, floor, cancellationToken))));
        }
        var answers = new List<(TransferPart, TransferAnswer)>();
        var from = 0;
        foreach (var part in request)
        {
            AccountInfo?[] accounts = [.. read.Value.Skip(from).Take(part.Addresses.Length)];
            from += accounts.Length;
            var serves = read.Slot >= part.Question.MinSlot && !(part.Question.Mint is not null && accounts[0] is null);
            answers.Add(
                (
                    part,
                    serves
                        ? await OutlookAsync(part, read.Slot, accounts, floor, cancellationToken)
                        : await AskAloneAsync(part, floor, cancellationToken)
                )
            );
        }
        return answers;
    }

    private async Task<TransferAnswer> AskAloneAsync(TransferPart part, ulong floor, CancellationToken cancellationToken)
    {
        try
        {
            var read = await AccountsAsync(
                part.Addresses,
                part.Question.Mint is null ? ..0 : ..1,
                NotBefore(part.Question.MinSlot),
                cancellationToken
            );
            return await OutlookAsync(part, read.Slot, read.Value, floor, cancellationToken);
        }
        catch (RpcException e)
        {
            return new TransferAnswer(null, e);
        }
    }

    private async Task<TransferAnswer> OutlookAsync(
        TransferPart part,
        ulong slot,
        IReadOnlyList<AccountInfo?> accounts,
        ulong floor,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return new TransferAnswer(
                part.Question.Mint is { } mint
                    ? await TokenOutlookAsync(part, mint, slot, accounts, floor, cancellationToken)
                    : LamportsOutlook(part, slot, accounts, floor),
                null
            );
        }
        catch (RpcException e)
        {
            return new TransferAnswer(null, e);
        }
    }

    private static TransferOutlook LamportsOutlook(TransferPart part, ulong slot, IReadOnlyList<AccountInfo?> accounts, ulong floor) =>
        new(
            new WalletBalance(part.Question.Wallet, slot, accounts[0]?.Lamports ?? 0, floor, new Dictionary<PublicKey, ulong>()),
            part.Recipients.Select(
                    (recipient, i) =>
                        new RecipientOutlook(recipient, null)
                        {
                            Lamports = accounts[1 + i]?.Lamports ?? 0,
                            IsWallet = IsWallet(accounts[1 + i]),
                        }
                )
                .ToDictionary(outlook => outlook.Recipient)
        );

    private async Task<TransferOutlook> TokenOutlookAsync(
        TransferPart part,
        PublicKey mint,
        ulong slot,
        IReadOnlyList<AccountInfo?> accounts,
        ulong floor,
        CancellationToken cancellationToken
    )
    {
        // Under the program that does not own the mint there can be no account of it.
        var under = accounts[0]!.Owner == TokenProgram.Token2022Id ? 1 : 0;
        var source = accounts[2 + under];
        var outlooks = new Dictionary<PublicKey, RecipientOutlook>();
        for (var i = 0; i < part.Recipients.Length; i++)
        {
            var own = 4 + 3 * i;
            var recipient = part.Recipients[i];
            var holding = Holding(accounts[own + 1 + under]);
            outlooks[recipient] = new RecipientOutlook(recipient, mint)
            {
                Lamports = accounts[own]?.Lamports ?? 0,
                IsWallet = IsWallet(accounts[own]),
                TokenAccountRentLamports = holding is null ? await NewAccountRentAsync(source, under == 1, cancellationToken) : 0,
                TokenAccountUnusable = holding is not null && (holding.Owner != recipient || holding.State == TokenAccountState.Frozen),
            };
        }
        var tokens = new Dictionary<PublicKey, ulong> { [mint] = Holding(source)?.Amount ?? 0 };
        return new TransferOutlook(new WalletBalance(part.Question.Wallet, slot, accounts[1]?.Lamports ?? 0, floor, tokens), outlooks);
    }

    /// <param name="mints">
    /// Which of the addresses are mints. A mint is never taken off the chain: a node that answers null for one does not see the cluster as it
    /// is, and its other nulls would pass for empty accounts. Another node is asked.
    /// </param>
    private Task<RpcValue<IReadOnlyList<AccountInfo?>>> AccountsAsync(
        PublicKey[] addresses,
        Range mints,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    ) =>
        rpc.ReadAsync(
            async (node, ct) =>
            {
                var read = await node.GetMultipleAccountsAsync(addresses, Commitment.Finalized, minContextSlot, ct);
                var (from, count) = mints.GetOffsetAndLength(addresses.Length);
                for (var i = from; i < from + count; i++)
                {
                    if (read.Value[i] is null)
                    {
                        throw new RpcTransportException(node.Endpoint, "getMultipleAccounts", $"it knows no mint {addresses[i]}");
                    }
                }
                return read;
            },
            cancellationToken
        );

    // Extensions of a mint make its accounts larger: the payer's own account of the same mint shows how large.
    private Task<ulong> NewAccountRentAsync(AccountInfo? sibling, bool isToken2022, CancellationToken cancellationToken) =>
        RentAsync(sibling?.Data.Length ?? (isToken2022 ? Token2022AccountSize : TokenAccount.Size), cancellationToken);

    private static PublicKey[] TokenAccountsOf(PublicKey owner, PublicKey mint) =>
        [
            AssociatedTokenAccountProgram.FindAddress(owner, mint, TokenProgram.Id),
            AssociatedTokenAccountProgram.FindAddress(owner, mint, TokenProgram.Token2022Id),
        ];

    private static TokenAccount? Holding(AccountInfo? account) =>
        account is not null && TokenProgram.IsTokenProgram(account.Owner) ? TokenAccount.Decode(account.Data.Span) : null;

    private static ulong? NotBefore(ulong minSlot) => minSlot == 0 ? null : minSlot;

    private static bool IsWallet(AccountInfo? account) => account is null || (account.Owner == SystemProgram.Id && !account.Executable);

    /// <summary>As much of a question as one request takes.</summary>
    private sealed record TransferPart(int Index, TransferQuestion Question, PublicKey[] Recipients, PublicKey[] Addresses);
}
