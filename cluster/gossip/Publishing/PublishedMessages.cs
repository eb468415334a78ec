using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Messaging;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.Publishing;

/// <summary>A message that a client of this node has published, in the form it takes to other nodes.</summary>
/// <param name="Kind">Channel or shard.</param>
/// <param name="Hash">The channel's.</param>
/// <param name="Bytes">One item of <see cref="PublishedMessages"/>.</param>
/// <param name="ChannelAt">Where the channel stands in it.</param>
/// <param name="ChannelLength">And how long it is.</param>
internal readonly record struct PublishedItem(
    SubscriptionKind Kind, ulong Hash, byte[] Bytes, int ChannelAt, int ChannelLength)
{
    public ReadOnlySpan<byte> Channel => Bytes.AsSpan(ChannelAt, ChannelLength);
}

/// <summary>
/// Published messages on their way to another node, in the order they were published.
/// <code>
/// kind u8 | item ...
/// item = subscription u8 | length varint, channel | length varint, message
/// </code>
/// </summary>
internal static class PublishedMessages
{
    private const int HeaderBytesMax = 1 + 5 + 5;

    public static PublishedItem Encode(
        SubscriptionKind kind, ulong hash, ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message)
    {
        var writer = new RecordWriter(HeaderBytesMax + channel.Length + message.Length);
        writer.WriteByte((byte)kind);
        writer.WriteLength(channel.Length);
        int channelAt = writer.Length;
        writer.WriteBytes(channel);
        writer.WriteLength(message.Length);
        writer.WriteBytes(message);
        return new PublishedItem(kind, hash, writer.Written.ToArray(), channelAt, channel.Length);
    }

    /// <summary>Adds an item to a message to be.</summary>
    public static void Add(RecordWriter message, PublishedItem item)
    {
        if (message.Length == 0)
        {
            message.WriteByte((byte)MessageKind.Published);
        }

        message.WriteBytes(item.Bytes);
    }

    /// <summary>Reads the next item.</summary>
    /// <returns>The message.</returns>
    /// <exception cref="RecordFormatException">It does not decode.</exception>
    public static ReadOnlySpan<byte> Read(
        ref RecordReader reader, out SubscriptionKind kind, out ReadOnlySpan<byte> channel)
    {
        kind = (SubscriptionKind)reader.ReadByte();
        if (kind is not (SubscriptionKind.Channel or SubscriptionKind.Shard))
        {
            throw new RecordFormatException("messages are published on channels");
        }

        channel = reader.ReadBytes(reader.ReadLength());
        return reader.ReadBytes(reader.ReadLength());
    }
}
