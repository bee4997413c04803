using System.Security.Cryptography;
using System.Text;
using MassTransit;

namespace Clones.Messaging.Inbox;

/// <summary>Under which id, and with which time, a message is remembered.</summary>
internal static class InboxIdentity
{
    private static readonly DateTime Earliest = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static InboxMark MarkOf<T>(ConsumeContext<T> context, Guid consumerId, DateTime now)
        where T : class
    {
        var fingerprint = MessageFingerprint.Of(context.ReceiveContext);
        var known = OriginalId(context) ?? Derive(context.ReceiveContext, fingerprint);
        return new InboxMark(known, consumerId, TimeOf(known, now), MessageFingerprint.Short(fingerprint));
    }

    /// <summary>
    /// The time inside an id: of MassTransit's NewId, or of a version 7 UUID. Null for any other, and for a time that no sender of ours can
    /// have meant. Only the id counts, never a header: every copy of a message must get the same answer. About one random id in ten
    /// thousand reads as a NewId by chance; once it is older than the horizon it is rejected, loudly, rather than handled.
    /// </summary>
    public static DateTime? TimeOf(Guid id, DateTime now)
    {
        var latest = now.AddDays(1);
        // Version 7 first: it says what it is, and a NewId looks like one more seldom than the other way round.
        return Plausible(Version7Time(id)) ?? Plausible(NewId.FromGuid(id).Timestamp);

        DateTime? Plausible(DateTime? time) => time >= Earliest && time <= latest ? time : null;
    }

    private static DateTime? Version7Time(Guid id)
    {
        if (id.Version != 7 || (id.Variant & 0b1100) != 0b1000)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        long milliseconds = 0;
        foreach (var b in bytes[..6])
        {
            milliseconds = (milliseconds << 8) | b;
        }

        return milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime
            : null;
    }

    // MassTransit's own GetOriginalMessageId throws over a header that is no id; such a header is simply not one.
    private static Guid? OriginalId(ConsumeContext context)
    {
        var header = context.Headers.TryGetHeader(MessageHeaders.OriginalMessageId, out var value) ? value.ToString() : null;
        var id = Guid.TryParse(header, out var original) && original != Guid.Empty ? original : context.MessageId;
        return id == Guid.Empty ? null : id;
    }

    // Other services name their messages as they like ("grade-17"), or not at all: then the content is the name, so it must hold an id of
    // its own for two alike to count as two.
    private static Guid Derive(ReceiveContext context, byte[] fingerprint)
    {
        if (!context.TransportHeaders.TryGetHeader(MessageHeaders.MessageId, out var header) || header is not string { Length: > 0 } name)
        {
            return Version8(fingerprint);
        }

        return Guid.TryParse(name, out var id) && id != Guid.Empty ? id : Version8(SHA256.HashData(Encoding.UTF8.GetBytes("id:" + name)));
    }

    private static Guid Version8(ReadOnlySpan<byte> hash)
    {
        Span<byte> bytes = stackalloc byte[16];
        hash[..16].CopyTo(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        // Where MassTransit keeps the time: no derived id may read as one that carries it.
        bytes[10] = 0xFF;
        return new Guid(bytes, bigEndian: true);
    }
}
