using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Messaging;
using Marekvs.Abstractions.Records;
using Marekvs.Cluster.Gossip.AntiEntropy;
using Marekvs.Cluster.Gossip.Ownership;
using Marekvs.Cluster.Gossip.Publishing;
using Marekvs.Cluster.Gossip.Reads;
using Marekvs.Cluster.Gossip.Replication;
using Marekvs.Cluster.Gossip.Routing;

namespace Marekvs.Cluster.Tests.Hostile;

/// <summary>Valid messages of every kind, as one node would send them to another. A new kind belongs here too.</summary>
/// <param name="sender">The node that sends them.</param>
/// <param name="receiver">The node they are for.</param>
internal sealed class MessageSamples(Node sender, Node receiver)
{
    private readonly RecordWriter _message = new();
    private ulong _call;
    private ulong _told;

    /// <summary>The round of comparisons the receiver is in.</summary>
    public uint Round { get; set; } = 1;

    /// <summary>The set of partitions the receiver last asked for.</summary>
    public uint Version { get; set; } = 1;

    /// <summary>The receiver has said something that answers must name.</summary>
    public void Hear(ReadOnlySpan<byte> message)
    {
        var reader = new RecordReader(message);
        switch ((MessageKind)reader.ReadByte())
        {
            case MessageKind.Resume:
                Version = ResumeMessage.Read(ref reader).Version;
                break;
            case MessageKind.Roots:
                Round = RootsMessage.Read(ref reader).Round;
                break;
        }
    }

    /// <summary>A message of a kind; null when there is no sample.</summary>
    public byte[]? Of(MessageKind kind)
    {
        _message.Clear();
        switch (kind)
        {
            case MessageKind.Resume:
                new ResumeMessage(receiver.Replica.Journal.End, Version: 1, PartitionSet.Of(Partitions)).Write(_message);
                break;
            case MessageKind.Begin:
                new BeginMessage(sender.Replica.Origin, sender.Replica.Journal.End, Stamp.Zero, Version, LeftOut: Stamp.Zero)
                    .Write(_message);
                break;
            case MessageKind.Batch:
                WriteBatch();
                break;
            case MessageKind.Acknowledge:
                new AcknowledgeMessage(receiver.Replica.Journal.End, Synced: receiver.Replica.Journal.End.Position).Write(_message);
                break;
            case MessageKind.Status:
                new StatusMessage(
                    sender.Replica.Origin, sender.Replica.Journal.End, Holding: 1, sender.Replica.Applied).Write(_message);
                break;
            case MessageKind.Roots:
                new RootsMessage(
                    Round, WantsVectors: true,
                    [.. Partitions.Select(p => new RootRow(p, sender.Replica.Partitions.RootOf(p), LooksCloser: true))])
                    .Write(_message);
                break;
            case MessageKind.Verdict:
                new VerdictMessage(
                    Round, sender.Replica.Partitions.ReadFlushes(), Partitions[2..], Partitions[1..2],
                    [(sender.Replica.Applied, Partitions[..1])]).Write(_message);
                break;
            case MessageKind.Buckets:
                var sums = new ulong[Limits.DigestBuckets];
                PartitionContext context = sender.Replica.Partitions.Read(Partitions[0], sums);
                new BucketsMessage(Round, Partitions[0], context.Removals.Count > 0, context.Applied, sums).Write(_message);
                break;
            case MessageKind.Keys:
                byte[] all = [.. Enumerable.Repeat(byte.MaxValue, Limits.DigestBuckets / 8)];
                new KeysMessage(Round, Partitions[0], all, sender.Replica.Partitions.ListKeys(Partitions[0], all)).Write(_message);
                break;
            case MessageKind.Records:
                var chunks = new RecordWriter();
                RecordsMessage.Add(chunks, ChunkOf("h:1"));
                new RecordsMessage(Round, Partitions[0], Number: 0, IsLast: true).Write(_message, chunks.Written);
                break;
            case MessageKind.Joined:
                new JoinedMessage(Round, Partitions[0], IsLast: true).Write(_message);
                break;
            case MessageKind.Clock:
                _message.WriteByte((byte)kind);
                _message.WriteInt64(sender.Site.Now);
                _message.WriteInt64(sender.Site.Now);
                _message.WriteInt64(1);
                break;
            case MessageKind.Holding:
                new HoldingMessage(1, new Holding(PartitionSet.All, PartitionSet.None, PartitionSet.Of(Partitions), PartitionSet.None))
                    .Write(_message);
                break;
            case MessageKind.Fetch:
                return new FetchMessage(1, FetchScope.KeyUnlessSame, 7, HashKey).Write();
            case MessageKind.Fetched:
                BeginTold(kind);
                new FetchedMessage(1, Piece: 0, IsLast: true, sender.Replica.Applied).Write(_message, ChunkOf("h:1"));
                break;
            case MessageKind.Fresh or MessageKind.Refused:
                BeginTold(kind);
                _message.WriteUInt32(1);
                break;
            case MessageKind.Changed:
                byte[] chunk = ChunkOf("h:1");
                BeginTold(kind);
                _message.WriteUInt16(1);
                _message.WriteUInt16(HashKey.Partition);
                Vectors.Write(_message, sender.Replica.Applied);
                _message.WriteUInt16(1);
                _message.WriteLength(chunk.Length);
                _message.WriteBytes(chunk);
                break;
            case MessageKind.Taken:
                _message.WriteByte((byte)kind);
                _message.WriteUInt64(_told);
                break;
            case MessageKind.Ended:
                BeginTold(kind);
                KeyNames.Write(_message, [HashKey]);
                break;
            case MessageKind.Released:
                _message.WriteByte((byte)kind);
                KeyNames.Write(_message, [HashKey]);
                break;
            case MessageKind.RoutedRequest:
                return RequestMessage.Write(++_call, new RoutedCommand("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"u8.ToArray())
                {
                    Partition = Partitions[0],
                });
            case MessageKind.RoutedWaits:
                return SignalMessage.Waits(_call);
            case MessageKind.RoutedReply:
                return new ReplyMessage(_call, HasRun: true, Written: 100, Reach: 200, Length: 4).Write("+OK\r"u8);
            case MessageKind.RoutedMore:
                return PartMessage.Write(kind, _call, from: 4, []);
            case MessageKind.RoutedPart:
                return PartMessage.Write(kind, _call, from: 4, "\n"u8);
            case MessageKind.RoutedStop:
                return SignalMessage.Stop(_call, CallStop.Unblock);
            case MessageKind.Interest:
                InterestFilter filter = InterestFilter.For(2000);
                filter.Add(7);
                return new InterestMessage([], filter, ["news:"u8.ToArray()]).Encode(kind);
            case MessageKind.MoreInterest:
                return new InterestMessage([1, 2, 3], null, [[]]).Encode(kind);
            case MessageKind.Published:
                PublishedMessages.Add(_message, PublishedMessages.Encode(SubscriptionKind.Channel, 1, "news"u8, "m"u8));
                PublishedMessages.Add(_message, PublishedMessages.Encode(SubscriptionKind.Shard, 1, "shard"u8, "n"u8));
                break;
            default:
                return null;
        }

        return _message.Written.ToArray();
    }

    /// <summary>What the sender would send of a key to repair it.</summary>
    public byte[] ChunkOf(string key)
    {
        var chunk = new RecordWriter();
        byte[] name = System.Text.Encoding.UTF8.GetBytes(key);
        sender.Replica.Partitions.ReadChunk(KeyAddress.PartitionOf(name), name, [], 1 << 20, chunk);
        return chunk.Written.ToArray();
    }

    private static KeyName HashKey { get; } = new(KeyAddress.PartitionOf("h:1"u8), "h:1"u8.ToArray());

    private static ushort[] Partitions { get; } = [.. Writer.Keys
        .Select(key => KeyAddress.PartitionOf(System.Text.Encoding.UTF8.GetBytes(key)))
        .Distinct()
        .Order()];

    private void BeginTold(MessageKind kind)
    {
        _message.WriteByte((byte)kind);
        _message.WriteUInt64(++_told);
    }

    /// <summary>All that the sender wrote, from the place where the receiver is.</summary>
    private void WriteBatch()
    {
        JournalCursor cursor = receiver.Replica.Streams.CursorOf(sender.Replica.Origin.Node);
        var entries = new RecordWriter();
        JournalRange range = sender.Replica.Journal.Read(
            Math.Max(0, sender.Replica.Journal.Resume(cursor)), 1 << 20, PartitionSet.All, entries);
        BatchMessage.Write(_message, sender.Replica.Origin, Version, range, isAwaited: true, entries.Written);
    }
}
