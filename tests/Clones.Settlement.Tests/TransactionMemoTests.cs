using Clones.Settlement.Rules;

namespace Clones.Settlement.Tests;

public sealed class TransactionMemoTests
{
    private static readonly Guid Id = Guid.Parse("5198c1c4-3886-81c6-8070-07fec628a984");
    private static readonly Guid One = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");
    private static readonly Guid Two = Guid.Parse("ffeeddcc-bbaa-9988-7766-554433221100");

    [Fact]
    public void A_single_payment_has_the_memo_that_it_always_had()
    {
        TransactionMemo.Of(Id, 3).ShouldBe("5198c1c4-3886-81c6-8070-07fec628a984:3");
        TransactionMemo.Of(Id, 3, [One]).ShouldBe("5198c1c4-3886-81c6-8070-07fec628a984:3");
        Read(TransactionMemo.Of(Id, 3)).ShouldBe((Id, 3, ""));
    }

    [Fact]
    public void Several_payments_are_named_each_by_its_tag_in_the_order_of_their_transfers()
    {
        var memo = TransactionMemo.Of(Id, 1, [One, Two]);

        memo.ShouldBe("5198c1c4-3886-81c6-8070-07fec628a984:1:ABEiM0RVZneImaq7zN3u_w_-7dzLuqmYh3ZlVEMyIRAA");
        Read(memo).ShouldBe((Id, 1, $"{One} {Two}"));
        TransactionMemo.NamesAny($"[82] {memo}", new HashSet<Guid> { Id }).ShouldBeTrue();
        TransactionMemo.Mentions($"[82] {memo}", Id).ShouldBeTrue();
    }

    [Theory]
    [InlineData("5198c1c4-3886-81c6-8070-07fec628a984:0")]
    [InlineData("5198c1c4-3886-81c6-8070-07fec628a984:1:")]
    [InlineData("5198c1c4-3886-81c6-8070-07fec628a984:1:ABEiM0RVZneImaq7zN3u_w")]
    [InlineData("5198c1c4-3886-81c6-8070-07fec628a984:1:ABEiM0RVZneImaq7zN3u_wABEiM0RVZneImaq7zN3u_w")]
    [InlineData("5198c1c4-3886-81c6-8070-07fec628a984:1:ABEiM0RVZneImaq7zN3u_w_-7dzLuqmYh3ZlVEMyIRAB")]
    [InlineData("5198c1c4-3886-81c6-8070-07fec628a984:1:ABEiM0RVZneImaq7zN3u_w+-7dzLuqmYh3ZlVEMyIRAA")]
    [InlineData("5198c1c4-3886-81c6-8070-07fec628a984:1:ABEiM0RVZneImaq7zN3u_w_-7dzLuqmYh3ZlVEMyIRAA:more")]
    [InlineData("5198c1c4-3886-81c6-8070-07fec628a984:1:!!!!!!!!!!!!!!!!!!!!!!????????????????????????")]
    [InlineData("5198c1c4-3886-81c6-8070-07fec628a984:1:ééééééééééééééééééééééééééééééééééééééééééééé")]
    [InlineData("hello")]
    [InlineData(null)]
    public void What_is_not_exactly_so_is_no_memo_of_ours(string? memo) => TransactionMemo.Parse(memo).ShouldBeNull();

    private static (Guid, int, string) Read(string memo) =>
        TransactionMemo.Parse(memo) is { } read ? (read.TransactionId, read.AttemptNumber, string.Join(' ', read.PaymentTags)) : default;
}
