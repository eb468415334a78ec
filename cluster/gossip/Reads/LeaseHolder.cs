using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Ownership;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.Reads;

/// <summary>
/// The one who copies keys: asks their owners, joins what comes, and keeps the leases as long as the keys are used. All
/// that an owner tells is joined causally with the owner's applied vector, so an old message does no harm; what might
/// have been missed ends the leases of its owner.
/// </summary>
internal sealed class LeaseHolder(
    IReplica replica, ReadOptions options, Queue<Outgoing> outbox, LeaseTable table, PartitionKeeper partitions)
{
    private readonly LeaseSources _sources = new(replica, options, table, partitions);
    private readonly Dictionary<KeyLease, KeyFetch> _fetches = [];
    private readonly Dictionary<ushort, KeyFetch> _partitionFetches = [];
    private readonly Dictionary<uint, OwnerQuestion> _questions = [];
    private readonly PriorityQueue<KeyFetch, long> _slow = new();
    private readonly CopyKeeper _keeper = new(replica, options, table, partitions);
    private readonly int[] _eras = new int[Limits.Partitions];
    private long _dropped;
    private readonly RecordWriter _message = new();
    private uint _lastId;

    /// <summary>Keys answered from what was here, because no owner could be reached.</summary>
    public long AnsweredAlone { get; private set; }

    /// <summary>Questions to owners.</summary>
    public long Asked { get; private set; }

    /// <summary>Records that owners told of unasked.</summary>
    public long Told { get; private set; }

    /// <summary>Keys that calls wait for.</summary>
    public int Waiting => _fetches.Values.Sum(fetch => fetch.Waiting.Count);

    public void Follow(ClusterView view) => _sources.Follow(view);

    public void Connect(ushort node, long now) => _sources.Of(node).Connect(now);

    public void Disconnect(ushort node)
    {
        LeaseSource source = _sources.Of(node);
        source.Disconnect(table.Now);
        foreach (uint id in _questions.Where(asked => asked.Value.Owner == source).Select(asked => asked.Key).ToArray())
        {
            Fail(source, id, table.Now);
        }

        ListenAnew(source, table.Now);
    }

    /// <summary>Takes what an owner tells.</summary>
    public void Take(ushort node, MessageKind kind, ref RecordReader reader, ReadOnlySpan<byte> message, long now)
    {
        LeaseSource source = _sources.Of(node);
        ulong number = reader.ReadUInt64();
        if (number <= source.LastNumber)
        {
            return;
        }

        bool isNext = number == source.LastNumber + 1;
        source.LastNumber = number;
        source.IsOwedTaken = true;
        source.Hear(now);
        if (!isNext)
        {
            source.BeginEpoch();
        }

        switch (kind)
        {
            case MessageKind.Fetched:
                FetchedMessage fetched = FetchedMessage.Read(ref reader, message, out ReadOnlySpan<byte> chunk);
                Join(source, fetched, chunk, now);
                break;
            case MessageKind.Fresh:
                Confirm(source, reader.ReadUInt32(), now);
                break;
            case MessageKind.Refused:
                Fail(source, reader.ReadUInt32(), now);
                break;
            case MessageKind.Changed:
                JoinChanges(source, ref reader, message, now);
                break;
            case MessageKind.Ended:
                End(source, KeyNames.Read(ref reader), now);
                break;
        }

        if (!isNext)
        {
            ListenAnew(source, now);
        }
    }

    public void Tick(long now)
    {
        ForgetDropped();
        while (table.TryTakeRequest(out BringRequest? request))
        {
            foreach (KeyName key in request!.Keys)
            {
                Bring(key, request, now);
            }
        }

        while (_slow.TryPeek(out KeyFetch? slow, out long at) && at <= now)
        {
            _slow.Dequeue();
            if (!slow.IsOver && now < slow.NextAt)
            {
                _slow.Enqueue(slow, slow.NextAt);
            }
            else if (!slow.IsOver)
            {
                AskOrWait(slow, now);
            }
        }

        _keeper.Tick(now, lease => Renew(lease, now), lease => Release(lease));
        RenewPartitions(now);
        foreach (LeaseSource source in _sources.All.Where(source => source.IsOwedTaken))
        {
            source.IsOwedTaken = false;
            _message.Clear();
            _message.WriteByte((byte)MessageKind.Taken);
            _message.WriteUInt64(source.LastNumber);
            Send(source.Node, _message.Written.ToArray());
        }
    }

    private void Send(ushort node, byte[] message) => outbox.Enqueue(new Outgoing(node, Lane.Prompt, message));

    // ---- asking ---------------------------------------------------------------------------------------------

    private void Bring(KeyName key, BringRequest request, long now)
    {
        if (replica.Holdings.IsHeld(key.Partition))
        {
            request.Brought();
            return;
        }

        KeyLease lease = table.GetOrAdd(key);
        lease.Use(now);
        if (table.IsValid(lease, now))
        {
            request.Brought();
            return;
        }

        Fetch(lease, now, request);
    }

    private void Renew(KeyLease lease, long now) => Fetch(lease, now, request: null);

    private void Fetch(KeyLease lease, long now, BringRequest? request)
    {
        bool isNew = !_fetches.TryGetValue(lease, out KeyFetch? fetch);
        if (fetch is null)
        {
            fetch = new KeyFetch(
                lease.Key, lease, _sources.ToAsk(lease.Key.Partition),
                _sources.PatienceFor(lease.Key.Partition, now));
            _fetches.Add(lease, fetch);
        }

        if (request is not null)
        {
            fetch.Waiting.Add(request);
        }

        if (isNew)
        {
            AskOrWait(fetch, now);
        }
    }

    /// <summary>Asks the next owner, waits a last time for those that were asked, or looks for owners anew.</summary>
    private void AskOrWait(KeyFetch fetch, long now)
    {
        if (replica.Holdings.IsDropping(fetch.Key.Partition))
        {
            Wait(fetch, now + options.RetryMilliseconds);
            return;
        }

        while (fetch.Owners.TryDequeue(out ushort node))
        {
            if (_sources.Of(node) is { IsConnected: true } owner)
            {
                Ask(fetch, owner, now);
                return;
            }
        }

        if (now < fetch.NextAt && fetch.Asked.Exists(_questions.ContainsKey))
        {
            Wait(fetch, fetch.NextAt);
        }
        else if (now < fetch.PatientUntil)
        {
            fetch.Owners = _sources.ToAsk(fetch.Key.Partition);
            Wait(fetch, now + options.RetryMilliseconds);
        }
        else
        {
            GoOnAlone(fetch, now);
        }
    }

    private void Wait(KeyFetch fetch, long until)
    {
        fetch.NextAt = until;
        _slow.Enqueue(fetch, until);
    }

    private void Ask(KeyFetch fetch, LeaseSource owner, long now)
    {
        Asked++;
        uint id = ++_lastId;
        ulong hash = fetch.Lease is null ? 0 : replica.Copies.HashOf(fetch.Key.Partition, fetch.Key.Name);
        FetchScope scope = fetch.Lease is null ? FetchScope.Partition
            : hash == 0 ? FetchScope.Key
            : FetchScope.KeyUnlessSame;
        _questions.Add(id, new OwnerQuestion(fetch, owner, partitions.EraOf(fetch.Key.Partition), now));
        fetch.Asked.Add(id);
        Wait(fetch, now + options.NextOwnerMilliseconds);
        Send(owner.Node, new FetchMessage(id, scope, hash, fetch.Key).Write());
    }

    // ---- answers --------------------------------------------------------------------------------------------

    private void Join(LeaseSource source, in FetchedMessage fetched, ReadOnlySpan<byte> chunk, long now)
    {
        if (QuestionOf(source, fetched.Id) is not { Fetch.Lease: not null } question || fetched.Piece != question.Pieces)
        {
            return;
        }

        KeyFetch fetch = question.Fetch;
        ushort partition = fetch.Key.Partition;
        if (!NameIn(chunk).SequenceEqual(fetch.Key.Name))
        {
            throw new RecordFormatException("another key comes than was asked for");
        }

        if (!TryJoin(partition, chunk, fetched.Applied))
        {
            Fail(source, fetched.Id, now);
            return;
        }

        question.Pieces++;
        fetch.NextAt = now + options.NextOwnerMilliseconds;
        if (fetched.IsLast)
        {
            Confirm(source, fetched.Id, now);
        }
    }

    /// <summary>What is here is what the owner has.</summary>
    private void Confirm(LeaseSource source, uint id, long now)
    {
        if (QuestionOf(source, id) is not { } question)
        {
            return;
        }

        if (question.Epoch != source.Epoch || question.Era != partitions.EraOf(question.Fetch.Key.Partition))
        {
            // Something it said in between was not heard, or was dropped with the rest of the partition.
            question.Fetch.Owners.Enqueue(source.Node);
            Fail(source, id, now);
            return;
        }

        long until = question.AskedAt + options.LeaseMilliseconds;
        KeyFetch fetch = question.Fetch;
        if (fetch.Lease is not { } lease)
        {
            KeepPartition(fetch.Key.Partition, new Grant(source, question.Epoch, now, until), now);
        }
        else
        {
            lease.Grant = new Grant(source, question.Epoch, now, until);
            _keeper.LookAt(lease, until - options.RenewBeforeMilliseconds);
            WantPartition(lease.Key.Partition, now);
        }

        Finish(fetch);
    }

    /// <summary>An owner cannot answer: the next one is asked.</summary>
    private void Fail(LeaseSource source, uint id, long now)
    {
        if (QuestionOf(source, id) is { } question)
        {
            _questions.Remove(id);
            AskOrWait(question.Fetch, now);
        }
    }

    /// <summary>No owner can be reached: what is here counts for a moment. This node may have dropped what it wrote of
    /// the key, and must not add to sums it does not know: it goes on under a new incarnation.</summary>
    private void GoOnAlone(KeyFetch fetch, long now)
    {
        if (fetch is { Lease: { } lease, Waiting.Count: > 0 })
        {
            AnsweredAlone += fetch.Waiting.Count;
            if (replica.Copies.DroppedThrough(lease.Key.Partition) > Stamp.Zero)
            {
                replica.TakeIncarnation(checked((ushort)(replica.Origin.Incarnation + 1)), isComplete: true);
            }

            lease.Grant = new Grant(Source: null, Epoch: 0, now, now + options.AloneMilliseconds);
        }

        if (fetch.Lease is { } copy)
        {
            _keeper.LookAt(copy, now + options.AloneMilliseconds);
        }

        Finish(fetch);
    }

    private void Finish(KeyFetch fetch)
    {
        fetch.IsOver = true;
        fetch.Asked.ForEach(id => _questions.Remove(id));
        if (fetch.Lease is { } lease)
        {
            _fetches.Remove(lease);
        }
        else
        {
            _partitionFetches.Remove(fetch.Key.Partition);
        }

        fetch.Waiting.ForEach(request => request.Brought());
    }

    private OwnerQuestion? QuestionOf(LeaseSource source, uint id) =>
        _questions.TryGetValue(id, out OwnerQuestion? question) && question.Owner == source ? question : null;

    // ---- what is told unasked -------------------------------------------------------------------------------

    private void JoinChanges(LeaseSource source, ref RecordReader reader, ReadOnlySpan<byte> message, long now)
    {
        for (int partitions = reader.ReadUInt16(); partitions > 0; partitions--)
        {
            ushort partition = AntiEntropy.Wire.Partition(ref reader);
            VersionVector applied = Vectors.Read(ref reader, message);
            for (int chunks = reader.ReadUInt16(); chunks > 0; chunks--)
            {
                ReadOnlySpan<byte> chunk = reader.ReadBytes(reader.ReadLength());
                if (table.Find(NameIn(chunk)) is { } lease && IsFrom(source, lease))
                {
                    Told++;
                    if (!TryJoin(partition, chunk, applied))
                    {
                        Lapse(lease, now);
                    }
                }
            }
        }
    }

    /// <summary>Whether a key was, or is being, copied from an owner.</summary>
    private bool IsFrom(LeaseSource source, KeyLease lease) =>
        lease.Grant?.Source == source ||
        (_fetches.TryGetValue(lease, out KeyFetch? fetch) && fetch.Asked.Exists(id => QuestionOf(source, id) is not null));

    /// <summary>An owner ends leases.</summary>
    private void End(LeaseSource source, KeyName[] keys, long now)
    {
        foreach (KeyName key in keys)
        {
            if (table.Find(key.Name) is { } lease && lease.Grant?.Source == source)
            {
                Lapse(lease, now);
            }
        }
    }

    private void Lapse(KeyLease lease, long now)
    {
        lease.Grant = null;
        _keeper.LookAt(lease, now);
    }

    /// <summary>Joins what an owner has of a key, if it has all that was let go of here.</summary>
    private bool TryJoin(ushort partition, ReadOnlySpan<byte> chunk, VersionVector applied) =>
        applied[replica.Origin] >= replica.Copies.DroppedThrough(partition) &&
        replica.Partitions.Join(partition, chunk, applied) == ApplyOutcome.Applied;

    /// <summary>The key a chunk is of.</summary>
    private static ReadOnlySpan<byte> NameIn(ReadOnlySpan<byte> chunk)
    {
        var reader = new RecordReader(chunk);
        int length = reader.ReadLength();
        reader.ReadBytes(length);
        return chunk[(reader.Position - length)..reader.Position];
    }

    /// <summary>Copies of a partition that was dropped as a whole went with it.</summary>
    private void ForgetDropped()
    {
        if (_dropped == partitions.Dropped)
        {
            return;
        }

        _dropped = partitions.Dropped;
        foreach (KeyLease lease in table.All.Where(lease => _eras[lease.Key.Partition] != partitions.EraOf(lease.Key.Partition)))
        {
            Lapse(lease, table.Now);
        }

        for (ushort partition = 0; partition < _eras.Length; partition++)
        {
            _eras[partition] = partitions.EraOf(partition);
        }
    }

    /// <summary>The leases of an owner no longer count: what somebody waits for is leased anew.</summary>
    private void ListenAnew(LeaseSource source, long now)
    {
        foreach (KeyLease lease in table.All)
        {
            if (lease.Grant?.Source == source && replica.Copies.IsAwaited(lease.Key.Partition, lease.Key.Name))
            {
                Renew(lease, now);
            }
        }
    }

    private void Release(KeyLease lease)
    {
        if (lease.Grant is { Source: { IsConnected: true } source })
        {
            _message.Clear();
            _message.WriteByte((byte)MessageKind.Released);
            KeyNames.Write(_message, [lease.Key]);
            Send(source.Node, _message.Written.ToArray());
        }
    }

    // ---- whole partitions -----------------------------------------------------------------------------------

    /// <summary>Leases the whole partition when there are many copies of it.</summary>
    private void WantPartition(ushort partition, long now)
    {
        if (table.CountOf(partition) >= options.WholePartitionFrom && table.WholeOf(partition) is null &&
            !_partitionFetches.ContainsKey(partition))
        {
            FetchPartition(partition, now);
        }
    }

    private void FetchPartition(ushort partition, long now)
    {
        var fetch = new KeyFetch(new KeyName(partition, []), lease: null, _sources.ToAsk(partition), patientUntil: now);
        _partitionFetches.Add(partition, fetch);
        AskOrWait(fetch, now);
    }

    private void KeepPartition(ushort partition, Grant grant, long now)
    {
        Grant? before = table.WholeOf(partition);
        bool goesOn = before is not null && before.Source == grant.Source && before.Epoch == grant.Epoch && now < before.Until;
        table.SetWhole(partition, goesOn ? grant with { Since = before!.Since } : grant);
        _keeper.KeepWhole(partition);
    }

    private void RenewPartitions(long now)
    {
        foreach (ushort partition in _keeper.DueWholes(now).Where(due => !_partitionFetches.ContainsKey(due)))
        {
            FetchPartition(partition, now);
        }
    }
}
