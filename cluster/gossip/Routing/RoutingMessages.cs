using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.Routing;

/// <summary>
/// <code>
/// kind u8 | id u64 | partition u16 | flags u8 | after i64 | last write i64 | its partition u16 | waited i64 | arguments
/// </code>
/// A partition of 65535 is none. Flags: 1 for RESP3, 2 for a transaction, 4 for never
/// waits. Ids of one sender rise.
/// </summary>
internal static class RequestMessage
{
    private const ushort NoPartition = ushort.MaxValue;
    private const byte Resp3 = 1;
    private const byte Transaction = 2;
    private const byte NeverWaits = 4;

    public static byte[] Write(ulong id, RoutedCommand command)
    {
        var writer = new RecordWriter(command.Arguments.Length + 64);
        writer.WriteByte((byte)MessageKind.RoutedRequest);
        writer.WriteUInt64(id);
        writer.WriteUInt16(command.Partition ?? NoPartition);
        writer.WriteByte((byte)((command.ProtocolVersion == 3 ? Resp3 : 0) | (command.IsTransaction ? Transaction : 0) |
            (command.NeverWaits ? NeverWaits : 0)));
        writer.WriteInt64(command.After);
        writer.WriteInt64(command.LastWrite);
        writer.WriteUInt16(command.LastPartition ?? NoPartition);
        writer.WriteInt64(command.WaitedMilliseconds);
        writer.WriteBytes(command.Arguments);
        return writer.Written.ToArray();
    }

    public static RoutedCommand Read(ref RecordReader reader, out ulong id)
    {
        id = reader.ReadUInt64();
        ushort? partition = ReadPartition(ref reader);
        byte flags = reader.ReadByte();
        (long after, long lastWrite) = (reader.ReadInt64(), reader.ReadInt64());
        ushort? lastPartition = ReadPartition(ref reader);
        long waited = reader.ReadInt64();
        if (flags > (Resp3 | Transaction | NeverWaits) || waited < 0)
        {
            throw new RecordFormatException("no command is asked for so");
        }

        return new RoutedCommand(reader.ReadRest().ToArray())
        {
            Partition = partition,
            ProtocolVersion = (flags & Resp3) != 0 ? 3 : 2,
            IsTransaction = (flags & Transaction) != 0,
            NeverWaits = (flags & NeverWaits) != 0,
            After = after,
            LastWrite = lastWrite,
            LastPartition = lastPartition,
            WaitedMilliseconds = waited,
        };
    }

    private static ushort? ReadPartition(ref RecordReader reader) => reader.ReadUInt16() switch
    {
        < Limits.Partitions and var partition => partition,
        NoPartition => null,
        _ => throw new RecordFormatException("there is no such partition"),
    };
}

/// <summary>
/// <c>kind u8 | id u64 | has run u8 | written i64 | reach i64 | length u32 | first bytes of the reply</c>
/// Written: where the call's write is in the journal of the node that ran it; reach: where that journal ended then.
/// </summary>
internal readonly record struct ReplyMessage(ulong Id, bool HasRun, long Written, long Reach, uint Length)
{
    public byte[] Write(ReadOnlySpan<byte> first)
    {
        var writer = new RecordWriter(first.Length + 64);
        writer.WriteByte((byte)MessageKind.RoutedReply);
        writer.WriteUInt64(Id);
        writer.WriteByte(HasRun ? (byte)1 : (byte)0);
        writer.WriteInt64(Written);
        writer.WriteInt64(Reach);
        writer.WriteUInt32(Length);
        writer.WriteBytes(first);
        return writer.Written.ToArray();
    }

    public static ReplyMessage Read(ref RecordReader reader, out ReadOnlySpan<byte> first)
    {
        var reply = new ReplyMessage(
            reader.ReadUInt64(), reader.ReadByte() != 0, reader.ReadInt64(), reader.ReadInt64(), reader.ReadUInt32());
        first = reader.ReadRest();
        return reply;
    }
}

/// <summary><c>kind u8 | id u64 | from u32 | bytes of the reply, none in a request for them</c></summary>
internal static class PartMessage
{
    public static byte[] Write(MessageKind kind, ulong id, uint from, ReadOnlySpan<byte> bytes)
    {
        var writer = new RecordWriter(bytes.Length + 16);
        writer.WriteByte((byte)kind);
        writer.WriteUInt64(id);
        writer.WriteUInt32(from);
        writer.WriteBytes(bytes);
        return writer.Written.ToArray();
    }

    public static ReadOnlySpan<byte> Read(ref RecordReader reader, out ulong id, out uint from)
    {
        (id, from) = (reader.ReadUInt64(), reader.ReadUInt32());
        return reader.ReadRest();
    }
}

/// <summary>Waits: <c>kind u8 | id u64</c>. Stop: <c>kind u8 | id u64 | how u8</c>.</summary>
internal static class SignalMessage
{
    public static byte[] Waits(ulong id)
    {
        var writer = new RecordWriter(16);
        writer.WriteByte((byte)MessageKind.RoutedWaits);
        writer.WriteUInt64(id);
        return writer.Written.ToArray();
    }

    public static byte[] Stop(ulong id, CallStop how)
    {
        var writer = new RecordWriter(16);
        writer.WriteByte((byte)MessageKind.RoutedStop);
        writer.WriteUInt64(id);
        writer.WriteByte((byte)how);
        return writer.Written.ToArray();
    }

    public static CallStop ReadStop(ref RecordReader reader, out ulong id)
    {
        id = reader.ReadUInt64();
        var how = (CallStop)reader.ReadByte();
        return how <= CallStop.Unblock ? how : throw new RecordFormatException("no call is stopped so");
    }
}
