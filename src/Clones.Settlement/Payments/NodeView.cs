using Clones.Domain.Payments;
using Clones.Settlement.Chain;
using Clones.Settlement.Rules;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Payments;

/// <summary>Builds a message by what certain nodes (all by preference, or a single one) say of the chain.</summary>
internal sealed class NodeView(RpcEndpoints rpc, ClusterFacts facts)
{
    /// <summary>Of compute, that the simulation may take.</summary>
    private const uint UnitsOfPayment = 400_000;

    /// <summary>The most that the runtime lets one transaction have.</summary>
    private const uint UnitsOfTransaction = 1_400_000;

    /// <summary>Should the recipient's token account be closed on the way, making it again takes about this much more.</summary>
    private const uint UnitsSpare = 30_000;

    /// <summary>Lamports for one signature.</summary>
    private const ulong BaseFee = 5_000;

    /// <summary>Micro-lamports per unit; a message that offers nothing is the first to be dropped.</summary>
    private const ulong PriceMin = 1_000;

    /// <summary>
    /// The token accounts of those whom several transactions pay, a hundred to a request. Where they cannot be read together, each transaction reads its
    /// own, and finds out why.
    /// </summary>
    public async Task<RecipientAccounts> ReadAheadAsync(IEnumerable<MessageRequest> requests, CancellationToken cancellationToken)
    {
        var several = requests.Where(r => r.Payments is [{ Mint: not null }, _, ..]).ToList();
        if (several.Count < 2)
        {
            return RecipientAccounts.None;
        }
        try
        {
            var (latest, _) = await facts.BlockhashAsync(cancellationToken);
            var addresses = new Dictionary<(PublicKey Recipient, PublicKey Mint), PublicKey>();
            foreach (var byMint in several.GroupBy(r => r.Payments[0].Mint!))
            {
                var mint = PublicKey.Parse(byMint.Key);
                if (await facts.MintAsync(mint, cancellationToken) is not { } known)
                {
                    continue;
                }
                foreach (var recipient in byMint.SelectMany(r => r.Payments).Select(p => PublicKey.Parse(p.Recipient)))
                {
                    addresses[(recipient, mint)] = AssociatedTokenAccountProgram.FindAddress(recipient, mint, known.TokenProgram);
                }
            }
            var accounts = await rpc.ReadAsync(
                (node, ct) => node.GetManyAccountsAsync(addresses.Values, Commitment.Confirmed, latest.Slot, ct),
                cancellationToken
            );
            return new RecipientAccounts(
                addresses.ToDictionary(a => a.Key, a => new RecipientAccount(a.Value, accounts[a.Value].Slot, accounts[a.Value].Account))
            );
        }
        catch (Exception e) when (e is RpcException or ChainNotReadyException)
        {
            return RecipientAccounts.None;
        }
    }

    /// <inheritdoc cref="PaymentTransactionBuilder.BuildAsync"/>
    public async Task<PreparedMessage> BuildAsync(MessageRequest request, RecipientAccounts ahead, CancellationToken cancellationToken)
    {
        var (latest, genesis) = await facts.BlockhashAsync(cancellationToken);
        if (latest.Slot < request.NotBeforeSlot)
        {
            facts.ForgetBlockhash();
            throw new ChainNotReadyException($"The node is at slot {latest.Slot}; the funds were seen at slot {request.NotBeforeSlot}.");
        }

        var (transfers, newAccounts) = await TransfersAsync(request, ahead, latest.Slot, cancellationToken);
        transfers.Add(MemoProgram.Write(request.Memo));

        var units = await MeasureAsync(
            Compose(request.Wallet, latest.Blockhash, UnitsMax(request.Payments.Count), PriceMin, transfers),
            UnitsMax(request.Payments.Count),
            UnitsSpare * (uint)Math.Max(1, newAccounts),
            latest.Slot,
            cancellationToken
        );
        var price = Price(await facts.PriorityFeeAsync(cancellationToken), units, request.AttemptNumber, FeeMax(request));
        var message = Compose(request.Wallet, latest.Blockhash, units, price, transfers);
        return new PreparedMessage(message, latest, genesis.ToString(), Fee(units, price));
    }

    /// <summary>Lamports, as they were reserved: for each payment the same, whether or not it shares the transaction.</summary>
    private static ulong FeeMax(MessageRequest request) => PaymentAcceptanceRule.FeeLamportsMax * (ulong)request.Payments.Count;

    private static uint UnitsMax(int payments) => Math.Min(UnitsOfTransaction, UnitsOfPayment * (uint)payments);

    private async Task<(List<Instruction> Transfers, int NewAccounts)> TransfersAsync(
        MessageRequest request,
        RecipientAccounts ahead,
        ulong minContextSlot,
        CancellationToken cancellationToken
    )
    {
        List<PublicKey> recipients = [.. request.Payments.Select(p => PublicKey.Parse(p.Recipient))];
        // All of one mint, which is looked up once.
        if (request.Payments[0].Mint is not { } text)
        {
            return ([.. recipients.Zip(request.Payments, (to, p) => SystemProgram.Transfer(request.Wallet, to, p.Amount))], 0);
        }

        var mint = PublicKey.Parse(text);
        var (program, decimals) =
            await facts.MintAsync(mint, cancellationToken)
            ?? throw new PaymentCannotBeBuiltException($"There is no mint {mint} on the cluster.");
        var source = AssociatedTokenAccountProgram.FindAddress(request.Wallet, mint, program);
        List<PublicKey> accounts =
        [
            .. recipients.Select(to => ahead.AddressOf(to, mint) ?? AssociatedTokenAccountProgram.FindAddress(to, mint, program)),
        ];
        // Whoever is paid alone has room for the instruction that makes the account, should it be closed on the way.
        var missing =
            recipients.Count == 1
                ? accounts.ToHashSet()
                : await MissingAsync(recipients, accounts, mint, program, ahead, minContextSlot, cancellationToken);
        var transfers = new List<Instruction>();
        for (var i = 0; i < recipients.Count; i++)
        {
            if (missing.Contains(accounts[i]))
            {
                transfers.Add(AssociatedTokenAccountProgram.CreateIdempotent(request.Wallet, recipients[i], mint, program));
            }
            transfers.Add(
                TokenProgram.TransferChecked(source, mint, accounts[i], request.Wallet, request.Payments[i].Amount, decimals, program)
            );
        }
        return (transfers, missing.Count);
    }

    /// <summary>The token accounts that are to be made. An address to which somebody has sent lamports is none yet.</summary>
    /// <exception cref="PaymentCannotBeBuiltException">One of them belongs to somebody else by now.</exception>
    private async Task<HashSet<PublicKey>> MissingAsync(
        IReadOnlyList<PublicKey> recipients,
        IReadOnlyList<PublicKey> accounts,
        PublicKey mint,
        PublicKey program,
        RecipientAccounts ahead,
        ulong minContextSlot,
        CancellationToken cancellationToken
    )
    {
        var found =
            ahead.Of(recipients, mint, minContextSlot)
            ?? (
                await rpc.ReadAsync(
                    (node, ct) => node.GetMultipleAccountsAsync(accounts, Commitment.Confirmed, minContextSlot, ct),
                    cancellationToken
                )
            ).Value;
        var missing = new HashSet<PublicKey>();
        for (var i = 0; i < accounts.Count; i++)
        {
            if (found[i] is not { } account || account.Owner != program)
            {
                missing.Add(accounts[i]);
            }
            else if (OwnerOf(account) != recipients[i])
            {
                throw new PaymentCannotBeBuiltException($"The token account of {recipients[i]} belongs to somebody else.", i);
            }
        }
        return missing;

        static PublicKey OwnerOf(AccountInfo account)
        {
            try
            {
                return TokenAccount.Decode(account.Data.Span).Owner;
            }
            catch (FormatException e)
            {
                // No token program writes that: the node is to blame.
                throw new ChainNotReadyException($"A node answers what is no token account: {e.Message}");
            }
        }
    }

    private static Message Compose(PublicKey wallet, Blockhash blockhash, uint units, ulong price, IEnumerable<Instruction> transfers) =>
        new TransactionBuilder()
            .SetFeePayer(wallet)
            .SetRecentBlockhash(blockhash)
            .AddInstruction(ComputeBudgetProgram.SetComputeUnitLimit(units))
            .AddInstruction(ComputeBudgetProgram.SetComputeUnitPrice(price))
            .AddInstructions(transfers)
            .BuildMessage();

    private async Task<uint> MeasureAsync(
        Message message,
        uint unitsMax,
        uint spare,
        ulong minContextSlot,
        CancellationToken cancellationToken
    )
    {
        var unsigned = new Transaction(message).Wire;
        var simulated = await rpc.ReadAsync(
            (node, ct) =>
                node.SimulateTransactionAsync(
                    unsigned,
                    verifySignatures: false,
                    replaceRecentBlockhash: false,
                    Commitment.Confirmed,
                    minContextSlot,
                    ct
                ),
            cancellationToken
        );
        if (simulated.Value.Err is { } error)
        {
            if (error == TransactionErr.BlockhashNotFound)
            {
                throw UnknownBlockhash();
            }
            throw new PaymentCannotBeBuiltException(
                $"The simulation before signing failed: {error}. {LastWords(simulated.Value.Logs)}".TrimEnd(),
                BatchSplit.CulpritOf(error, message)
            );
        }

        var used = simulated.Value.UnitsConsumed ?? unitsMax;
        return (uint)Math.Min(unitsMax, used + used / 5 + spare);
    }

    /// <summary>Each further attempt offers twice as much, up to the ceiling that was reserved.</summary>
    /// <param name="market">What others pay, in micro-lamports per unit.</param>
    /// <param name="units">The limit in the message.</param>
    /// <param name="attemptNumber">From 1. Nothing but an expiry proof raises it: see <see cref="PreparationDecision"/>.</param>
    /// <param name="feeMax">Lamports that were reserved for the fee.</param>
    /// <returns>Micro-lamports per unit.</returns>
    internal static ulong Price(ulong market, uint units, int attemptNumber, ulong feeMax = PaymentAcceptanceRule.FeeLamportsMax)
    {
        var ceiling = (feeMax - BaseFee) * 1_000_000 / units;
        var wanted = (UInt128)Math.Max(market, PriceMin) << Math.Min(attemptNumber - 1, 10);
        return wanted < ceiling ? (ulong)wanted : ceiling;
    }

    /// <summary>
    /// What the runtime takes for a message with one signature: 5,000 lamports, and the price of all units that it may use, rounded up
    /// (solana.com/docs/core/fees). It is within what was reserved, because <see cref="Price"/> is.
    /// </summary>
    internal static ulong Fee(uint units, ulong price) => BaseFee + (ulong)(((UInt128)units * price + 999_999) / 1_000_000);

    private ChainNotReadyException UnknownBlockhash()
    {
        facts.ForgetBlockhash();
        return new ChainNotReadyException("The node does not know the latest blockhash.");
    }

    private static string LastWords(IReadOnlyList<string> logs) =>
        logs.LastOrDefault(line =>
            line.Contains("Error", StringComparison.Ordinal) || line.Contains("insufficient", StringComparison.Ordinal)
        ) ?? "";
}

/// <summary>Token accounts that were read for several transactions.</summary>
internal sealed class RecipientAccounts(IReadOnlyDictionary<(PublicKey Recipient, PublicKey Mint), RecipientAccount> accounts)
{
    public static readonly RecipientAccounts None = new(new Dictionary<(PublicKey, PublicKey), RecipientAccount>());

    public PublicKey? AddressOf(PublicKey recipient, PublicKey mint) => accounts.GetValueOrDefault((recipient, mint))?.Address;

    /// <returns>Null where one of them was not read, or before the slot.</returns>
    public IReadOnlyList<AccountInfo?>? Of(IReadOnlyList<PublicKey> recipients, PublicKey mint, ulong minSlot)
    {
        var found = recipients.Select(recipient => accounts.GetValueOrDefault((recipient, mint))).ToList();
        return found.TrueForAll(a => a?.Slot >= minSlot) ? found.ConvertAll(a => a!.Content) : null;
    }
}

/// <param name="Slot">Of the answer.</param>
/// <param name="Content">Null where there is no such account.</param>
internal sealed record RecipientAccount(PublicKey Address, ulong Slot, AccountInfo? Content);
