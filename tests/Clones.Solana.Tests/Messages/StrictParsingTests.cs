using Clones.Solana.Messages;
using CsCheck;

namespace Clones.Solana.Tests.Messages;

public sealed class StrictParsingTests
{
    [Fact]
    public void Every_message_is_read_back_as_the_same_bytes() =>
        MessageGen.Any.Sample(message => Message.Deserialize(message.Serialize()).Rewritten().AsSpan().SequenceEqual(message.Serialize()));

    [Fact]
    public void No_cut_off_message_is_accepted() =>
        Gen.Select(MessageGen.Any, Gen.Double[0, 1])
            .Sample(
                (message, part) =>
                {
                    var bytes = message.Serialize();
                    return Rejected(bytes.AsSpan(0, (int)(part * (bytes.Length - 1))).ToArray());
                }
            );

    [Fact]
    public void No_message_with_bytes_left_over_is_accepted() =>
        Gen.Select(MessageGen.Any, Gen.Byte.Array[1, 8]).Sample((message, extra) => Rejected([.. message.Serialize(), .. extra]));

    [Fact]
    public void Whatever_is_accepted_has_one_encoding_only() =>
        Gen.Select(MessageGen.Any, Gen.Int[0, 400], Gen.Byte)
            .Sample(
                (message, position, value) =>
                {
                    var bytes = message.Serialize();
                    bytes[position % bytes.Length] = value;
                    return Rejected(bytes) || Message.Deserialize(bytes).Rewritten().AsSpan().SequenceEqual(bytes);
                },
                iter: 5_000
            );

    [Fact]
    public void Garbage_is_rejected_with_a_format_error_and_nothing_else() =>
        Gen
            .Byte.Array[0, 300]
            .Sample(
                bytes =>
                {
                    // Anything but a FormatException ends the test.
                    _ = Rejected(bytes);
                    _ = Rejects(() => Transaction.Deserialize(bytes));
                },
                iter: 5_000
            );

    [Fact]
    public void Length_prefixes_that_are_not_the_shortest_are_rejected()
    {
        var bytes = Simple().Serialize();
        bytes[3].ShouldBe((byte)3);
        Rejected([.. bytes[..3], 0x83, 0x00, .. bytes[4..]]).ShouldBeTrue();
        Rejected([.. bytes[..3], 0x83, 0x80, 0x00, .. bytes[4..]]).ShouldBeTrue();
        Rejected([.. bytes[..3], 0x83, 0x80, 0x04, .. bytes[4..]]).ShouldBeTrue();
        Rejected([.. bytes[..3], 0x83, 0x80, 0x80, 0x01, .. bytes[4..]]).ShouldBeTrue();
        Rejected(bytes).ShouldBeFalse();
    }

    [Theory]
    [InlineData(0, 0, 0)] // nobody signs
    [InlineData(1, 1, 0)] // the payer is read-only
    [InlineData(1, 2, 0)]
    [InlineData(4, 0, 0)] // more signers than accounts
    [InlineData(2, 0, 2)] // a read-only account among the signers
    public void Headers_that_cannot_land_are_rejected(byte signers, byte readOnlySigned, byte readOnlyUnsigned)
    {
        var bytes = Simple().Serialize();
        (bytes[0], bytes[1], bytes[2]) = (signers, readOnlySigned, readOnlyUnsigned);
        Rejected(bytes).ShouldBeTrue();
    }

    [Fact]
    public void Indexes_out_of_range_duplicates_and_unknown_versions_are_rejected()
    {
        var bytes = Simple().Serialize();
        var program = 4 + 3 * 32 + 32 + 1;
        Rejected(With(bytes, program, 3)).ShouldBeTrue();
        Rejected(With(bytes, program, 0)).ShouldBeTrue();
        Rejected(With(bytes, program + 2, 3)).ShouldBeTrue();
        var doubled = bytes.ToArray();
        bytes.AsSpan(4, 32).CopyTo(doubled.AsSpan(36));
        Rejected(doubled).ShouldBeTrue();
        Rejected([0x81, .. bytes, 0]).ShouldBeTrue();
        Rejected([0x80, .. bytes, 0]).ShouldBeFalse();
        Rejected([0x80, .. bytes]).ShouldBeTrue();
    }

    [Fact]
    public void A_lookup_that_takes_nothing_is_rejected()
    {
        var bytes = Simple().Serialize();
        Rejected([0x80, .. bytes, 1, .. new byte[32], 1, 0, 0]).ShouldBeFalse();
        Rejected([0x80, .. bytes, 1, .. new byte[32], 0, 0]).ShouldBeTrue();
    }

    private static Message Simple() => TransactionTests.Transfer().BuildMessage();

    private static byte[] With(byte[] bytes, int position, byte value)
    {
        var changed = bytes.ToArray();
        changed[position] = value;
        return changed;
    }

    private static bool Rejected(byte[] bytes) => Rejects(() => Message.Deserialize(bytes));

    private static bool Rejects(Action parse)
    {
        try
        {
            parse();
            return false;
        }
        catch (FormatException)
        {
            return true;
        }
    }
}
