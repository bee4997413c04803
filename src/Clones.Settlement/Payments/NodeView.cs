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
    private const uint UnitsMax = 400_000;

    /// <summary>Should the recipient's token account be closed on the way, making it again takes about this much more.</summary>
    private const uint UnitsSpare = 30_000;

    /// <summary>Micro-lamports per unit; a message that offers nothing is the first to be dropped.</summary>
    private const ulong PriceMin = 1_000;

    /// <inheritdoc cref="PaymentTransactionBuilder.BuildAsync"/>
    public async Task<PreparedMessage> BuildAsync(MessageRequest request, CancellationToken cancellationToken)
    {
        var (latest, genesis) = await facts.BlockhashAsync(cancellationToken);
        if (latest.Slot < request.NotBeforeSlot)
        {
            facts.ForgetBlockhash();
            throw new ChainNotReadyException($"The node is at slot {latest.Slot}; the funds were seen at slot {request.NotBeforeSlot}.");
        }

        var transfers = new List<Instruction>();
        foreach (var payment in request.Payments)
        {
            transfers.AddRange(await TransferAsync(request.Wallet, payment, cancellationToken));
        }
        transfers.Add(MemoProgram.Write(request.Memo));

        var units = await MeasureAsync(
            Compose(request.Wallet, latest.Blockhash, UnitsMax, PriceMin, transfers),
            latest.Slot,
            cancellationToken
        );
        var price = Price(await facts.PriorityFeeAsync(cancellationToken), units, request.AttemptNumber);
        var message = Compose(request.Wallet, latest.Blockhash, units, price, transfers);
        return new PreparedMessage(message, latest, genesis.ToString(), await FeeAsync(message, latest.Slot, cancellationToken));
    }

    private async Task<IEnumerable<Instruction>> TransferAsync(PublicKey wallet, Payment payment, CancellationToken cancellationToken)
    {
        var recipient = PublicKey.Parse(payment.Recipient);
        if (payment.Mint is null)
        {
            return [SystemProgram.Transfer(wallet, recipient, payment.Amount)];
        }

        var mint = PublicKey.Parse(payment.Mint);
        var (program, decimals) =
            await facts.MintAsync(mint, cancellationToken)
            ?? throw new PaymentCannotBeBuiltException($"There is no mint {mint} on the cluster.");
        return
        [
            AssociatedTokenAccountProgram.CreateIdempotent(wallet, recipient, mint, program),
            TokenProgram.TransferChecked(
                AssociatedTokenAccountProgram.FindAddress(wallet, mint, program),
                mint,
                AssociatedTokenAccountProgram.FindAddress(recipient, mint, program),
                wallet,
                payment.Amount,
                decimals,
                program
            ),
        ];
    }

    private static Message Compose(PublicKey wallet, Blockhash blockhash, uint units, ulong price, IEnumerable<Instruction> transfers) =>
        new TransactionBuilder()
            .SetFeePayer(wallet)
            .SetRecentBlockhash(blockhash)
            .AddInstruction(ComputeBudgetProgram.SetComputeUnitLimit(units))
            .AddInstruction(ComputeBudgetProgram.SetComputeUnitPrice(price))
            .AddInstructions(transfers)
            .BuildMessage();

    private async Task<uint> MeasureAsync(Message message, ulong minContextSlot, CancellationToken cancellationToken)
    {
        var unsigned = new Transaction(message).Serialize();
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
                $"The simulation before signing failed: {error}. {LastWords(simulated.Value.Logs)}".TrimEnd()
            );
        }

        var used = simulated.Value.UnitsConsumed ?? UnitsMax;
        return (uint)Math.Min(UnitsMax, used + used / 5 + UnitsSpare);
    }

    /// <summary>Each further attempt offers twice as much, up to the ceiling that was reserved.</summary>
    /// <param name="market">What others pay, in micro-lamports per unit.</param>
    /// <param name="units">The limit in the message.</param>
    /// <param name="attemptNumber">From 1. Nothing but a certificate raises it: see <see cref="PreparationDecision"/>.</param>
    /// <returns>Micro-lamports per unit.</returns>
    internal static ulong Price(ulong market, uint units, int attemptNumber)
    {
        const ulong BaseFee = 5_000;
        var ceiling = (PaymentAcceptanceRule.FeeLamportsMax - BaseFee) * 1_000_000 / units;
        var wanted = (UInt128)Math.Max(market, PriceMin) << Math.Min(attemptNumber - 1, 10);
        return wanted < ceiling ? (ulong)wanted : ceiling;
    }

    private async Task<ulong> FeeAsync(Message message, ulong minContextSlot, CancellationToken cancellationToken)
    {
        var bytes = message.Serialize();
        var fee = await rpc.ReadAsync(
            (node, ct) => node.GetFeeForMessageAsync(bytes, Commitment.Confirmed, minContextSlot, ct),
            cancellationToken
        );
        return fee.Value switch
        {
            null => throw UnknownBlockhash(),
            > PaymentAcceptanceRule.FeeLamportsMax => throw new PaymentCannotBeBuiltException(
                $"The fee of {fee.Value} lamports is above the ceiling of {PaymentAcceptanceRule.FeeLamportsMax}."
            ),
            { } lamports => lamports,
        };
    }

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
