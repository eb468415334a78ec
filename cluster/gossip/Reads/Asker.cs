using System.Buffers.Binary;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.Reads;

/// <summary>
/// One who asks this node for keys, and is told of what changes in them. What is under way to it is bounded; changes that
/// have to wait are told once, as things are then.
/// </summary>
internal sealed class Asker(ushort node, IReplica replica, ReadOptions options, Queue<Outgoing> outbox)
{
    private const int LifeShift = 32;

    private readonly Queue<ServedFetch> _served = new();
    private readonly ChangedRecords _changes = new(options.ChangesMax, options.ChangesBytesMax);
    private readonly Queue<(ulong Number, int Bytes)> _underWay = new();
    private readonly RecordWriter _message = new();
    private readonly RecordWriter _chunk = new();
    private ulong _number;
    private long _bytesUnderWay;
    private long _beatAt;
    private bool _isBehind;

    public ushort Node => node;

    /// <summary>Partitions of which it is told everything, and until when.</summary>
    public Dictionary<ushort, long> Partitions { get; } = [];

    /// <summary>Whether it has leases, and so must hear from this node.</summary>
    public bool HasLeases { get; set; }

    /// <summary>Whether there is more to send than one turn allows.</summary>
    public bool HasMore => _bytesUnderWay < options.WindowBytes && (_changes.Count > 0 || _served.Count > 0);

    /// <summary>Everything begins anew: what it was told counts for nothing, as a gap in the numbers tells it.</summary>
    public void Reset()
    {
        _number = ((_number >> LifeShift) + 1) << LifeShift;
        _served.Clear();
        _changes.Clear();
        _underWay.Clear();
        _bytesUnderWay = 0;
        Partitions.Clear();
        _isBehind = true;
    }

    /// <summary>Queues a key to be sent.</summary>
    public void Serve(uint id, KeyName key)
    {
        if (_served.Count < options.FetchesMax)
        {
            _served.Enqueue(new ServedFetch(id, key));
        }
        else
        {
            Answer(MessageKind.Refused, id);
        }
    }

    /// <summary>Answers without records.</summary>
    /// <exception cref="RecordFormatException">It asks and asks, and takes nothing.</exception>
    public void Answer(MessageKind kind, uint id)
    {
        if (_underWay.Count > 2 * options.FetchesMax)
        {
            throw new RecordFormatException("questions without end, and no answer is taken");
        }

        Begin(kind);
        _message.WriteUInt32(id);
        Send();
    }

    /// <summary>A record of a key that it has copied was changed.</summary>
    /// <param name="key">The key.</param>
    /// <param name="record">Which; empty for all.</param>
    /// <returns>False when more waits for it than may: it has to begin anew.</returns>
    public bool Note(ChangedKey key, ReadOnlySpan<byte> record) => _changes.Add(key, record);

    public void End(IReadOnlyList<KeyName> keys)
    {
        Begin(MessageKind.Ended);
        KeyNames.Write(_message, keys);
        Send();
    }

    /// <summary>It has heard everything up to a number.</summary>
    public void Taken(ulong number)
    {
        while (_underWay.TryPeek(out (ulong Number, int Bytes) told) && told.Number <= number)
        {
            _underWay.Dequeue();
            _bytesUnderWay -= told.Bytes;
        }
    }

    /// <summary>Sends what there is to tell, as far as it keeps up.</summary>
    public void Tick(long now)
    {
        for (int i = 0; i < options.MessagesPerTurn && HasMore; i++)
        {
            if (_changes.Count > 0)
            {
                TellChanges();
                _beatAt = now + options.BeatMilliseconds;
            }

            if (_served.TryDequeue(out ServedFetch? fetch))
            {
                Send(fetch);
            }
        }

        if (_isBehind || ((HasLeases || _underWay.Count > 0) && now >= _beatAt))
        {
            _isBehind = false;
            _beatAt = now + options.BeatMilliseconds;
            Begin(MessageKind.Changed);
            _message.WriteUInt16(0);
            Send();
        }
    }

    private void TellChanges()
    {
        Begin(MessageKind.Changed);
        int count = _message.Length;
        _message.WriteUInt16(0);
        ushort partitions = 0;
        while (_message.Length < options.ChunkBytes && partitions < ushort.MaxValue && _changes.TryTake(out ChangedCopy? copy))
        {
            if (replica.Holdings.IsHeld(copy!.Key.Partition))
            {
                partitions++;
                TellChanges(copy);
            }
        }

        BinaryPrimitives.WriteUInt16LittleEndian(_message.At(count, sizeof(ushort)), partitions);
        Send();
    }

    /// <summary>Writes what is to be told of a key, or the first part of it.</summary>
    private void TellChanges(ChangedCopy copy)
    {
        _message.WriteUInt16(copy.Key.Partition);

        // Taken before the records are read.
        Vectors.Write(_message, replica.Partitions.AppliedIn(copy.Key.Partition));
        int count = _message.Length;
        ushort chunks = 0;
        _message.WriteUInt16(0);
        bool hasRoom() => chunks == 0 || (_message.Length < options.ChunkBytes && chunks < ushort.MaxValue);
        while (hasRoom() && copy.TryTake(out byte[] record))
        {
            chunks++;
            _chunk.Clear();
            replica.Copies.ReadRecord(copy.Key.Partition, copy.Key.Name, record, _chunk);
            WriteChunk();
        }

        if (copy.IsWhole && hasRoom())
        {
            chunks++;
            _chunk.Clear();
            copy.From = replica.Partitions.ReadChunk(
                copy.Key.Partition, copy.Key.Name, copy.From, options.ChunkBytes, _chunk) ?? [];
            copy.IsWhole = copy.From.Length > 0;
            WriteChunk();
        }

        BinaryPrimitives.WriteUInt16LittleEndian(_message.At(count, sizeof(ushort)), chunks);
        if (copy.Count > 0 || copy.IsWhole)
        {
            _changes.Return(copy);
        }
    }

    private void WriteChunk()
    {
        _message.WriteLength(_chunk.Length);
        _message.WriteBytes(_chunk.Written);
    }

    /// <summary>Sends the next piece of a key; the others get their turn before the one after.</summary>
    private void Send(ServedFetch fetch)
    {
        if (!replica.Holdings.IsHeld(fetch.Key.Partition))
        {
            Answer(MessageKind.Refused, fetch.Id);
            return;
        }

        VersionVector applied = replica.Partitions.AppliedIn(fetch.Key.Partition);
        _chunk.Clear();
        byte[]? next = replica.Partitions.ReadChunk(
            fetch.Key.Partition, fetch.Key.Name, fetch.From, options.ChunkBytes, _chunk);
        Begin(MessageKind.Fetched);
        new FetchedMessage(fetch.Id, fetch.Pieces++, next is null, applied).Write(_message, _chunk.Written);
        Send();
        if (next is not null)
        {
            fetch.From = next;
            _served.Enqueue(fetch);
        }
    }

    private void Begin(MessageKind kind)
    {
        _message.Clear();
        _message.WriteByte((byte)kind);
        _message.WriteUInt64(++_number);
    }

    private void Send()
    {
        byte[] bytes = _message.Written.ToArray();
        _underWay.Enqueue((_number, bytes.Length));
        _bytesUnderWay += bytes.Length;
        outbox.Enqueue(new Outgoing(node, Lane.Prompt, bytes));
    }

    /// <summary>A key on its way.</summary>
    private sealed class ServedFetch(uint id, KeyName key)
    {
        public uint Id => id;

        public KeyName Key => key;

        public uint Pieces { get; set; }

        public byte[] From { get; set; } = [];
    }
}
