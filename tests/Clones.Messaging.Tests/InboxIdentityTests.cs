using Clones.Messaging.Inbox;

namespace Clones.Messaging.Tests;

public sealed class InboxIdentityTests
{
    private static readonly DateTime Now = new(2026, 11, 23, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("8c540000-32f2-400d-8c03-08df48ea0c51", "MassTransit's")]
    [InlineData("bb6a0000-32f2-400d-5d48-08df48f32a7d", "MassTransit's")]
    [InlineData("019aad61-7a00-7000-8000-000000000000", "version 7")]
    [InlineData("019aad61-7a00-7fff-bfff-ffffffffffff", "version 7")]
    public void Ids_that_carry_a_time_give_it(string id, string kind)
    {
        var time = InboxIdentity.TimeOf(Guid.Parse(id), Now);
        time.ShouldNotBeNull(kind);
        time.Value.ShouldBeInRange(new DateTime(2025, 11, 1, 0, 0, 0, DateTimeKind.Utc), Now);
    }

    [Fact]
    public void A_version_7_id_gives_its_time_to_the_millisecond()
    {
        var time = new DateTimeOffset(2026, 3, 1, 10, 20, 30, 456, TimeSpan.Zero);
        for (var i = 0; i < 10_000; i++)
        {
            InboxIdentity.TimeOf(Guid.CreateVersion7(time), Now).ShouldBe(time.UtcDateTime);
        }
    }

    [Fact]
    public void Random_ids_carry_none_but_for_one_in_ten_thousand_by_chance()
    {
        var random = new Random(7);
        var bytes = new byte[16];
        var read = 0;
        for (var i = 0; i < 100_000; i++)
        {
            random.NextBytes(bytes);
            bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
            bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
            if (InboxIdentity.TimeOf(new Guid(bytes, bigEndian: true), Now) is not null)
            {
                read++;
            }
        }
        read.ShouldBeLessThan(30);
    }

    [Fact]
    public void A_time_that_no_sender_can_mean_is_no_time()
    {
        InboxIdentity.TimeOf(new Guid("01ffffff-ffff-7000-8000-000000000000"), Now).ShouldBeNull("a future one");
        InboxIdentity.TimeOf(new Guid("00000000-0001-7000-8000-000000000000"), Now).ShouldBeNull("one of 1970");
        InboxIdentity.TimeOf(new Guid("ffffffff-ffff-7fff-bfff-ffffffffffff"), Now).ShouldBeNull("beyond every calendar");
        InboxIdentity.TimeOf(Guid.Empty, Now).ShouldBeNull();
        InboxIdentity.TimeOf(Guid.AllBitsSet, Now).ShouldBeNull();
    }
}
