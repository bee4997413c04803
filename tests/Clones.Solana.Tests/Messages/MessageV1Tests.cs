using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using CsCheck;

namespace Clones.Solana.Tests.Messages;

/// <summary>Version 1 (SIMD-0385), against bytes that are put together here field by field.</summary>
public sealed class MessageV1Tests
{
    private static readonly byte[] Payer = [.. Enumerable.Repeat((byte)1, 32)];
    private static readonly byte[] Reader = [.. Enumerable.Repeat((byte)2, 32)];
    private static readonly byte[] Recipient = [.. Enumerable.Repeat((byte)3, 32)];
    private static readonly byte[] Program = [.. Enumerable.Repeat((byte)4, 32)];
    private static readonly byte[] Hash = [.. Enumerable.Repeat((byte)9, 32)];

    /// <summary>Two signers, one of them read-only; two instructions; every config value.</summary>
    private static readonly byte[] Whole =
    [
        0x81,
        .. (byte[])[2, 1, 1],
        .. (byte[])[0b11111, 0, 0, 0],
        .. Hash,
        .. (byte[])[2, 4],
        .. Payer,
        .. Reader,
        .. Recipient,
        .. Program,
        .. (byte[])[0x39, 0x30, 0, 0, 1, 0, 0, 0],
        .. (byte[])[0x40, 0x0D, 0x03, 0],
        .. (byte[])[0, 0, 1, 0],
        .. (byte[])[0, 0x80, 0, 0],
        .. (byte[])[3, 3, 4, 0],
        .. (byte[])[3, 0, 2, 1],
        .. (byte[])[0, 2, 1],
        .. (byte[])[7, 8, 9, 10],
        .. new byte[258],
    ];

    private static readonly byte[] Bare = Lean(mask: 0);

    private static readonly Gen<byte[]> Any = Gen.Select(
        Gen.Int[0, 15],
        Gen.Byte.Array[0, 60],
        Gen.Byte.Array[0, 300],
        (mask, first, second) =>
        {
            // Both bits of the priority fee, or none.
            mask = (mask & 1) == 0 ? mask & ~2 : mask | 2;
            var config = new byte[4 * System.Numerics.BitOperations.PopCount((uint)mask)];
            return (byte[])
                [
                    0x81,
                    .. (byte[])[1, 0, 1],
                    .. (byte[])[(byte)mask, 0, 0, 0],
                    .. Hash,
                    .. (byte[])[2, 3],
                    .. Payer,
                    .. Recipient,
                    .. Program,
                    .. config,
                    .. (byte[])[2, 2, (byte)first.Length, 0],
                    .. (byte[])[2, 0, (byte)second.Length, (byte)(second.Length >> 8)],
                    .. (byte[])[0, 1],
                    .. first,
                    .. second,
                ];
        }
    );

    [Fact]
    public void Every_field_is_read_from_its_place()
    {
        var message = Message.Deserialize(Whole);

        message.Version.ShouldBe(MessageVersion.V1);
        message.Header.ShouldBe(new MessageHeader(2, 1, 1));
        message.AccountKeys.ShouldBe([new PublicKey(Payer), new PublicKey(Reader), new PublicKey(Recipient), new PublicKey(Program)]);
        message.Signers.Count.ShouldBe(2);
        message.RecentBlockhash.ShouldBe(new Blockhash(Hash));
        message.Config.ShouldBe(new MessageConfig(4_294_979_641, 200_000, 65_536, 32_768));
        message.Lookups.ShouldBeEmpty();
        message.Instructions.Count.ShouldBe(2);
        message.Instructions[0].AccountIndexes.ShouldBe((byte[])[0, 2, 1]);
        message.Instructions[0].Data.ShouldBe((byte[])[7, 8, 9, 10]);
        message.Instructions[1].AccountIndexes.ShouldBeEmpty();
        message.Instructions[1].Data.Length.ShouldBe(258);
        Enumerable.Range(0, 4).Select(message.IsWritable).ShouldBe([true, false, true, false]);
        message.Serialize().ShouldBe(Whole);
        message.Rewritten().ShouldBe(Whole);
        message.Decompile()[0].Accounts.Select(a => (a.IsSigner, a.IsWritable)).ShouldBe([(true, true), (false, true), (true, false)]);
    }

    [Fact]
    public void What_the_config_leaves_out_is_null()
    {
        Message.Deserialize(Bare).Config.ShouldBe(new MessageConfig(null, null, null, null));
        Message.Deserialize(Lean(0b1000, 5, 0, 0, 0)).Config.ShouldBe(new MessageConfig(null, null, 5, null));
        Message.Deserialize(Lean(0b11, 5, 0, 0, 0, 0, 0, 0, 0)).Config.ShouldBe(new MessageConfig(5, null, null, null));
    }

    [Fact]
    public void The_signatures_of_a_transaction_follow_its_message_and_are_made_over_it()
    {
        using var payer = Account.FromSeed(new byte[32]);
        var message = Bare.ToArray();
        payer.PublicKey.CopyTo(message.AsSpan(42));
        var signature = payer.Sign(message);
        var wire = (byte[])[.. message, .. Bytes(signature)];

        var transaction = Transaction.Deserialize(wire);

        transaction.Id.ShouldBe(signature);
        transaction.VerifySignatures().ShouldBeTrue();
        (transaction.Size, transaction.Message.FeePayer).ShouldBe((wire.Length, payer.PublicKey));
        transaction.Serialize().ShouldBe(wire);
        var unsigned = new Transaction(Message.Deserialize(message));
        unsigned.Sign(payer);
        unsigned.Serialize().ShouldBe(wire);
        Should.Throw<FormatException>(() => Transaction.Deserialize(wire.AsSpan(0, wire.Length - 1)));
        Should.Throw<FormatException>(() => Transaction.Deserialize([.. wire, 0]));
    }

    [Fact]
    public void A_transaction_may_have_4096_bytes_and_no_more()
    {
        // Of the message, its signature and the header of its one instruction; the rest is data.
        var room = 4_096 - Bare.Length - 64;
        Transaction.Deserialize([.. WithData(room), .. new byte[64]]).Size.ShouldBe(4_096);
        Should
            .Throw<FormatException>(() => Transaction.Deserialize([.. WithData(room + 1), .. new byte[64]]))
            .Message.ShouldContain("4096");

        static byte[] WithData(int count)
        {
            byte[] bytes = [.. Bare, .. new byte[count]];
            (bytes[^(count + 2)], bytes[^(count + 1)]) = ((byte)count, (byte)(count >> 8));
            return bytes;
        }
    }

    [Fact]
    public void What_the_proposal_forbids_is_rejected()
    {
        Rejected(With(0, 0x82), "version");
        Rejected(With(1, 0), "signer");
        Rejected(With(1, 13), "signatures");
        Rejected(With(2, 1), "signer");
        Rejected(With(3, 3), "accounts");
        Rejected(With(4, 0b10_0000), "unknown");
        Rejected(With(7, 0x80), "unknown");
        Rejected(Lean(0b01, 0, 0, 0, 0), "half");
        Rejected(Lean(0b10, 0, 0, 0, 0), "half");
        Rejected(Lean(0b1_0000, 0, 0x7C, 0, 0), "heap");
        Rejected(Lean(0b1_0000, 1, 0x80, 0, 0), "heap");
        Rejected(Lean(0b1_0000, 0, 4, 4, 0), "heap");
        Rejected(With(40, 65), "instructions");
        Rejected(With(41, 65), "accounts");
        Rejected(With(41, 0), "early");
        // The second key again in place of the third, an index past the keys, the payer as a program.
        Rejected([.. Bare[..106], .. Bare[74..106], .. Bare[138..]], "twice");
        Rejected(With(Bare.Length - 4, 3), "program");
        Rejected(With(Bare.Length - 4, 0), "program");
        Rejected([.. With(Bare.Length - 3, 1), 3], "account index");
        Rejected([.. Bare, 0], "too many");

        static byte[] With(int position, byte value)
        {
            var bytes = Bare.ToArray();
            bytes[position] = value;
            return bytes;
        }
    }

    [Fact]
    public void Every_message_is_read_back_as_the_same_bytes_and_none_that_is_cut_off_or_too_long() =>
        Gen.Select(Any, Gen.Double[0, 1], Gen.Byte.Array[1, 8])
            .Sample(
                (bytes, part, extra) =>
                    Message.Deserialize(bytes).Rewritten().AsSpan().SequenceEqual(bytes)
                    && IsRejected(bytes[..(int)(part * (bytes.Length - 1))])
                    && IsRejected([.. bytes, .. extra])
            );

    [Fact]
    public void Whatever_is_accepted_has_one_encoding_only_and_the_rest_is_a_format_error() =>
        Gen.Select(Any, Gen.Int[0, 500], Gen.Byte, Gen.Byte.Array[0, 300])
            .Sample(
                (bytes, position, value, garbage) =>
                {
                    bytes[position % bytes.Length] = value;
                    _ = IsRejected([0x81, .. garbage]);
                    return IsRejected(bytes) || Message.Deserialize(bytes).Rewritten().AsSpan().SequenceEqual(bytes);
                },
                iter: 5_000
            );

    /// <summary>One signer, three accounts, one instruction without accounts and data.</summary>
    private static byte[] Lean(byte mask, params byte[] config) =>
        [
            0x81,
            .. (byte[])[1, 0, 1],
            .. (byte[])[mask, 0, 0, 0],
            .. Hash,
            .. (byte[])[1, 3],
            .. Payer,
            .. Recipient,
            .. Program,
            .. config,
            .. (byte[])[2, 0, 0, 0],
        ];

    private static byte[] Bytes(Signature signature)
    {
        var bytes = new byte[Signature.Length];
        signature.CopyTo(bytes);
        return bytes;
    }

    private static void Rejected(byte[] bytes, string complaint) =>
        Should.Throw<FormatException>(() => Message.Deserialize(bytes)).Message.ShouldContain(complaint);

    private static bool IsRejected(byte[] bytes)
    {
        try
        {
            Message.Deserialize(bytes);
            return false;
        }
        catch (FormatException)
        {
            return true;
        }
    }
}
