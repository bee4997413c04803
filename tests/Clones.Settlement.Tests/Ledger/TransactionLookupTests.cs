using System.Numerics;
using Clones.Domain.Ledger;
using Clones.Settlement.Chain;
using Clones.Settlement.Ledger;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Clones.Testing.Hosts;

namespace Clones.Settlement.Tests.Ledger;

/// <summary>What becomes of transactions that cannot be read: they are told as far as the nodes report them, and believed from as many as ever.</summary>
public sealed class TransactionLookupTests
{
    private static readonly Signature Listed = new([.. Enumerable.Repeat((byte)7, 64)]);

    private readonly Landed landed = new();
    private readonly PublicKey stranger = Landed.Fresh();

    private PublicKey Wallet => PublicKey.Parse(landed.Wallet.Address);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_version_above_the_highest_is_told_in_json_with_its_balances()
    {
        var shown = await AskAsync(Unknown(stranger, Wallet));

        shown.Unparsed.ShouldNotBeNull().Signature.ShouldBe(Listed);
        shown.Unparsed.AccountKeys.ShouldBe([stranger, Wallet]);
        shown.Unparsed.Reason.ShouldBe("Its version is above 1. Transactions of version 2 cannot be read.");
        (shown.Slot, shown.Fee, shown.BlockTime).ShouldBe((950UL, 5_000UL, 7L));
        TransactionLookup.PayerOf(shown).ShouldBe(stranger);
        var movement = Read(shown).ShouldHaveSingleItem();
        (movement.Kind, movement.Delta, movement.Signature).ShouldBe((MovementKind.Unparsed, (BigInteger)1_000, Listed.ToString()));
        (movement.Slot, movement.UnparsedByVersion, movement.Unparsed).ShouldBe((950UL, MessageVersions.Highest, shown.Unparsed.Reason));
    }

    [Fact]
    public async Task What_no_node_tells_anything_of_is_an_entry_of_its_slot_that_moves_nothing()
    {
        var shown = await AskAsync(new CannedNode().Reply("getTransaction", p => CannedTransactions.OfUnknownVersion(p, null)));

        (shown.Slot, TransactionLookup.PayerOf(shown)).ShouldBe((940UL, null));
        var movement = Read(shown).ShouldHaveSingleItem();
        (movement.Kind, movement.Delta, movement.Mint).ShouldBe((MovementKind.Unparsed, BigInteger.Zero, null));
    }

    [Fact]
    public async Task Bytes_that_are_no_transaction_are_told_in_json_too()
    {
        var node = new CannedNode().Reply(
            "getTransaction",
            p =>
                p[1].GetProperty("encoding").GetString() == "base64"
                    ? $"\"result\":{CannedTransactions.Detail("AQID")}"
                    : CannedTransactions.OfUnknownVersion(p, stranger, Wallet)
        );

        (await AskAsync(node)).Unparsed.ShouldNotBeNull().Reason.ShouldStartWith("The data ends too early.");
    }

    [Fact]
    public async Task What_cannot_be_read_is_believed_from_as_many_nodes_as_anything_else()
    {
        var (told, same) = (Unknown(stranger, Wallet), Unknown(stranger, Wallet));
        var other = Unknown(stranger, Landed.Fresh());
        var rejects = new CannedNode().Reply("getTransaction", _ => "\"error\":{\"code\":-32600,\"message\":\"no key\"}");

        (await AgreedAsync(told, same)).Unparsed.ShouldNotBeNull();
        (await AgreedAsync(told, other, same)).Unparsed.ShouldNotBeNull().AccountKeys[1].ShouldBe(Wallet);
        await Should.ThrowAsync<HistoryUnresolvedException>(AgreedAsync(told, other));
        await Should.ThrowAsync<HistoryUnresolvedException>(AgreedAsync(told, rejects));
    }

    [Fact]
    public async Task A_node_that_calls_unknown_what_two_others_show_is_not_believed()
    {
        var wire = Convert.ToBase64String(landed.Transfer(7));
        CannedNode Shows() => new CannedNode().Answer("getTransaction", _ => CannedTransactions.Detail(wire));

        (await AgreedAsync(Unknown(stranger, Wallet), Shows(), Shows())).Unparsed.ShouldBeNull();
    }

    [Fact]
    public async Task What_one_node_can_read_and_another_cannot_is_an_entry_that_cannot_be_read_with_the_balances_of_the_one()
    {
        var agreed = await AgreedAsync(Shows(Version1(stranger, Wallet, Landed.Fresh())), CannotRead());

        agreed.Unparsed.ShouldNotBeNull().Reason.ShouldBe("Not every node can read it.");
        agreed.Unparsed.AccountKeys[1].ShouldBe(Wallet);
        Read(agreed).ShouldHaveSingleItem().Kind.ShouldBe(MovementKind.Unparsed);
    }

    [Fact]
    public async Task No_node_can_hide_a_payment_of_ours_by_saying_that_it_cannot_be_read()
    {
        await Should.ThrowAsync<HistoryUnresolvedException>(AgreedAsync(Shows(landed.Transfer(7)), CannotRead()));
        await Should.ThrowAsync<HistoryUnresolvedException>(AgreedAsync(Shows(Version1(Wallet, stranger, Landed.Fresh())), CannotRead()));
    }

    [Fact]
    public async Task Funds_that_left_by_what_cannot_be_read_are_a_difference_and_a_deposit_is_none()
    {
        var spent = Read(await AskAsync(Unknown(Wallet, stranger)));
        var came = Read(await AskAsync(Unknown(stranger, Wallet)));

        Differences(spent, 0).ShouldHaveSingleItem().Kind.ShouldBe(DifferenceKind.UnparsedSpending);
        Differences(came, 1_000).ShouldBeEmpty();
    }

    private IReadOnlyList<Difference> Differences(IReadOnlyList<WalletMovement> movements, ulong balance)
    {
        // What it had before makes the sum come out.
        var before = new WalletMovement
        {
            WalletId = landed.Wallet.Id,
            Signature = "before",
            Ordinal = 0,
            Kind = MovementKind.Deposit,
            Delta = balance - movements.Aggregate(BigInteger.Zero, (sum, m) => sum + m.Delta),
            Slot = 1,
            RecordedAt = default,
        };
        var there = new WalletBalance(Wallet, 1_000, balance, 0, new Dictionary<PublicKey, ulong>());
        return Reconciliation.Of(new WalletFacts(landed.Wallet, there, [before, .. movements], [], [], [], []));
    }

    // SIMD-0385: one signer, one instruction with one account and no data, no config.
    private static byte[] Version1(params PublicKey[] keys) =>
        [
            0x81,
            .. (byte[])[1, 0, 1],
            .. new byte[4],
            .. new byte[32],
            .. (byte[])[1, (byte)keys.Length],
            .. keys.SelectMany(key => key.ToArray()),
            .. (byte[])[(byte)(keys.Length - 1), 1, 0, 0],
            .. (byte[])[1],
            .. new byte[64],
        ];

    private static CannedNode Shows(byte[] wire) =>
        new CannedNode().Answer("getTransaction", _ => CannedTransactions.Detail(Convert.ToBase64String(wire)));

    // In the slot in which Shows has it.
    private static CannedNode CannotRead() => new CannedNode().Reply("getTransaction", p => CannedTransactions.OfUnknownVersion(p, null));

    private static CannedNode Unknown(params PublicKey[] keys) =>
        new CannedNode().Reply("getTransaction", p => CannedTransactions.OfUnknownVersion(p, keys));

    private static async Task<TransactionDetail> AskAsync(CannedNode node) =>
        (await TransactionLookup.AskAsync(node.Client, Listed, slot: 940, Cancel)).ShouldNotBeNull();

    private Task<TransactionDetail> AgreedAsync(params CannedNode[] nodes) =>
        AgreedHistory.DetailAsync(
            new FinalizedHorizon(1_000, 1_000, "", [.. nodes.Select(n => new HorizonNode(n.Client, 0))], Needed: 2, nodes.Length),
            Wallet,
            Listed,
            slot: 950,
            Cancel
        );

    private IReadOnlyList<WalletMovement> Read(TransactionDetail shown) =>
        WalletReading.Of(landed.Wallet, new Dictionary<PublicKey, PublicKey>(), shown, "", default).Movements;
}
