using Marekvs.Abstractions.Crdt;

namespace Marekvs.Modules.Streams;

/// <summary>
/// An entry that was delivered to a consumer and not yet acknowledged.
/// <code>
/// delivered i64 | deliveries varint | consumer       little-endian
/// </code>
/// </summary>
/// <param name="DeliveredAt">Unix milliseconds of the last delivery.</param>
/// <param name="Deliveries">How often it was delivered.</param>
internal readonly record struct PendingEntry(long DeliveredAt, ulong Deliveries)
{
    /// <summary>Reads a payload.</summary>
    internal static PendingEntry Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new RecordReader(payload);
        return new PendingEntry(reader.ReadInt64(), (ulong)reader.ReadVarint());
    }

    /// <summary>The consumer a payload names.</summary>
    internal static ReadOnlySpan<byte> ConsumerIn(ReadOnlySpan<byte> payload)
    {
        var reader = new RecordReader(payload);
        reader.ReadInt64();
        reader.ReadVarint();
        return reader.ReadRest();
    }

    internal byte[] ToPayload(ReadOnlySpan<byte> consumer)
    {
        var writer = new RecordWriter(24 + consumer.Length);
        writer.WriteInt64(DeliveredAt);
        writer.WriteVarint(Deliveries);
        writer.WriteBytes(consumer);
        return writer.Written.ToArray();
    }

    /// <summary>Milliseconds since the last delivery.</summary>
    internal long Idle(long now) => Math.Max(0, now - DeliveredAt);
}
