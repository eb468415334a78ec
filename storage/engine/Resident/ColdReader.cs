using System.Buffers.Binary;
using System.Collections.Concurrent;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;
using Marekvs.Abstractions.Storage;
using Marekvs.Storage.Engine.Execution;
using Microsoft.Extensions.Logging;

namespace Marekvs.Storage.Engine.Resident;

/// <summary>
/// Brings data from the store into memory on threads of its own, so that no thread that serves sockets ever waits for
/// a disk. A request belongs to a parked call, which runs again when all it asked for is there.
/// </summary>
internal sealed class ColdReader : IDisposable
{
    /// <summary>Partition, type order and deadline in a key row, before what it says of elements.</summary>
    private const int KeyRowBytes = 2 + 1 + 8;

    private readonly Keyspace _keyspace;
    private readonly IStore _store;
    private readonly ILogger _logger;
    private readonly ElementReader _elements;
    private readonly CallEffects _sums;
    private readonly BlockingCollection<Action> _requests = [];
    private readonly HashSet<ElementStream> _streams = [];
    private readonly Thread[] _threads;
    private Thread? _learner;
    private volatile bool _closing;

    public ColdReader(Keyspace keyspace, IStore store, int threads, ILogger logger)
    {
        _keyspace = keyspace;
        _store = store;
        _elements = new ElementReader(store);
        _sums = new CallEffects(keyspace.Partitions, keyspace.Types);
        _logger = logger;
        _threads = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            _threads[i] = new Thread(Serve) { IsBackground = true, Name = $"cold-reader-{i}" };
            _threads[i].Start();
        }
    }

    public long Failures { get; private set; }

    public int Waiting => _requests.Count;

    /// <summary>Asks for what a call missed; the ticket is parked and is resumed when it is there.</summary>
    public void Ask(ColdRequest request) => _requests.Add(() => Serve(request));

    /// <summary>Opens a stream over elements of a paged collection; the gate of its key is held.</summary>
    /// <param name="entry">The key.</param>
    /// <param name="kind">The elements' kind.</param>
    /// <param name="first">The suffix of the first element; null for an end of the collection.</param>
    /// <param name="range">How many follow it, and in which direction.</param>
    /// <param name="answer">Writes one element.</param>
    /// <exception cref="StorageException">The store failed.</exception>
    public ElementStream OpenStream(
        KeyEntry entry, RecordKind kind, byte[]? first, ElementRange range, ElementAnswer answer)
    {
        byte[] low = first is null || range.Reverse ? [kind.Tag] : first;
        byte[] high = first is null || !range.Reverse ? [(byte)(kind.Tag + 1)] : [.. first, 0];
        List<StoredElement> changed =
            entry.Elements!.Changed(low, high, range.Reverse, range.Count, entry.IsFlushing);
        IStoreScan scan = _elements.Open(entry, low, high, range.Reverse, out int prefix);
        var stream = new ElementStream(kind, scan, prefix, changed, range, answer);
        lock (_streams)
        {
            _streams.Add(stream);
        }

        return stream;
    }

    /// <summary>Writes the next part of a stream.</summary>
    /// <returns>False when that was the last.</returns>
    public Task<bool> ReadPart(ElementStream stream, RespWriter writer)
    {
        var part = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests.Add(() =>
        {
            try
            {
                part.SetResult(stream.WritePart(writer));
            }
            catch (Exception e) when (e is StorageException or RecordFormatException)
            {
                part.SetException(OnFailure(e));
            }
        });
        return part.Task;
    }

    /// <summary>Closes a stream, read to its end or not.</summary>
    public void Close(ElementStream stream)
    {
        lock (_streams)
        {
            _streams.Remove(stream);
        }

        stream.Dispose();
    }

    /// <summary>Brings one key in, unless it is there already.</summary>
    /// <param name="key">The key.</param>
    /// <param name="supplies">Those of the call it is for; it stays in memory until that has run.</param>
    /// <exception cref="StorageException">The store failed.</exception>
    public void Load(in ColdKey key, CallSupplies? supplies = null)
    {
        Shard shard = _keyspace.ShardOf(key.Partition);
        while (true)
        {
            long epoch = Volatile.Read(ref shard.StoreEpoch);
            KeyEntry entry = Read(key);
            lock (shard.Gate)
            {
                if (shard.Table.Find(key.Hash, key.Name) is { } resident)
                {
                    supplies?.Keep(resident);
                    return;
                }

                if (shard.StoreEpoch != epoch)
                {
                    // A checkpoint of this shard passed meanwhile; what was read may be older than what was dropped.
                    continue;
                }

                if (_keyspace.Purge.IsPending)
                {
                    entry = new KeyEntry(key.Name, key.Hash, key.Partition);
                }

                supplies?.Keep(entry);
                _keyspace.AdmitLoaded(shard, entry);
                return;
            }
        }
    }

    /// <summary>What the store has of a key, without bringing it into memory; of a collection larger than memory only what
    /// its row says.</summary>
    /// <exception cref="StorageException">The store failed.</exception>
    public KeyEntry Peek(in ColdKey key)
    {
        KeyEntry entry = Read(key);
        if (entry.Elements is null && ReadHidden(entry) is { IsBlank: false } hidden)
        {
            entry.Elements = hidden;
            hidden.DigestSum = _sums.SumOf(entry);
        }

        return entry;
    }

    /// <summary>Brings a key into memory, where it stays as long as the supplies are kept.</summary>
    /// <returns>Its entry, or null when there is none.</returns>
    /// <exception cref="StorageException">The store failed.</exception>
    public KeyEntry? Bring(ushort partition, byte[] name, CallSupplies supplies)
    {
        Shard shard = _keyspace.ShardOf(partition);
        ulong hash = _keyspace.HashOf(name);
        lock (shard.Gate)
        {
            if (shard.Table.Find(hash, name) is { } entry)
            {
                supplies.Keep(entry);
                return entry;
            }

            if (!shard.MayHaveCold(hash))
            {
                return null;
            }
        }

        Load(new ColdKey(hash, partition, name), supplies);
        lock (shard.Gate)
        {
            return shard.Table.Find(hash, name);
        }
    }

    /// <summary>Brings one element of a paged collection in; the gate of its key is held.</summary>
    /// <exception cref="StorageException">The store failed.</exception>
    public void LoadElement(KeyEntry entry, byte[] suffix) =>
        entry.Elements!.Load(suffix, _elements.Read(entry, suffix));

    /// <summary>The elements of a paged collection that are not in memory; the gate of its key is held, and what is
    /// brought in meanwhile is left out.</summary>
    /// <exception cref="StorageException">The store failed.</exception>
    public IEnumerable<StoredElement> ReadUnknown(KeyEntry entry) => _elements.ReadAll(entry).Where(stored =>
        _keyspace.Types.TypeOf(stored.Suffix[0]) is not { IsSingle: true } &&
        !_keyspace.Types.IsDerived(stored.Suffix[0]) &&
        stored.Suffix[0] != StorageKeys.RegisterTag &&
        !entry.Elements!.Knows(stored.Suffix));

    /// <summary>All records of a key in the store from a suffix on; the gate of the key is held.</summary>
    /// <exception cref="StorageException">The store failed.</exception>
    public IEnumerable<StoredElement> ReadFrom(KeyEntry entry, byte[] suffix) => _elements.ReadAll(entry, suffix);

    /// <summary>The keys of a partition that have records in the store.</summary>
    /// <exception cref="StorageException">The store failed.</exception>
    public List<ColdKey> KeysOf(ushort partition)
    {
        var keys = new List<ColdKey>();
        if (_keyspace.Purge.IsPending)
        {
            return keys;
        }

        byte[] from = [StorageKeys.RecordSpace, (byte)(partition >> 8), (byte)partition];
        byte[] to = [StorageKeys.RecordSpace, (byte)((partition + 1) >> 8), (byte)(partition + 1)];
        using IStoreScan scan = _store.Scan(from, to);
        byte[] last = [];
        while (scan.MoveNext())
        {
            var row = new RecordReader(scan.Key[from.Length..]);
            ReadOnlySpan<byte> name = row.ReadBytes(row.ReadLength());
            if (keys.Count == 0 || !name.SequenceEqual(last))
            {
                last = name.ToArray();
                keys.Add(new ColdKey(_keyspace.HashOf(last), partition, last));
            }
        }

        return keys;
    }

    /// <summary>Reads key rows in hash order.</summary>
    /// <exception cref="StorageException">The store failed.</exception>
    public KeyPage ReadPage(KeyPageRequest request)
    {
        long epoch = _keyspace.StoreEpoch;
        var keys = new List<StoredKey>();
        Span<byte> from = stackalloc byte[9];
        from[0] = StorageKeys.KeySpace;
        BinaryPrimitives.WriteUInt64BigEndian(from[1..], request.From);
        using IStoreScan scan = _store.Scan(from, [StorageKeys.KeySpace + 1]);
        ulong? end = null;
        while (scan.MoveNext())
        {
            ulong hash = BinaryPrimitives.ReadUInt64BigEndian(scan.Key[1..]);
            if (keys.Count >= request.Rows && keys[^1].Hash != hash)
            {
                end = hash;
                break;
            }

            keys.Add(ReadKeyRow(hash, scan.Key[9..].ToArray(), scan.Value));
        }

        return new KeyPage(request.From, end, epoch, keys);
    }

    /// <summary>Names of stored keys whose deadline has passed, oldest first.</summary>
    /// <exception cref="StorageException">The store failed.</exception>
    public List<ColdKey> ReadDue(long now, int atMost)
    {
        var due = new List<ColdKey>();
        Span<byte> to = stackalloc byte[9];
        to[0] = StorageKeys.DeadlineSpace;
        BinaryPrimitives.WriteUInt64BigEndian(to[1..], (ulong)now + 1);
        using IStoreScan scan = _store.Scan([StorageKeys.DeadlineSpace], to);
        while (due.Count < atMost && scan.MoveNext())
        {
            ushort partition = BinaryPrimitives.ReadUInt16BigEndian(scan.Key[9..]);
            byte[] name = scan.Key[11..].ToArray();
            due.Add(new ColdKey(_keyspace.HashOf(name), partition, name));
        }

        return due;
    }

    /// <summary>Tells every shard, in the background, which keys the store has, so that it can tell which it has not.
    /// </summary>
    public void LearnStoredKeys()
    {
        if (Array.TrueForAll(_keyspace.Shards, shard => shard.StoredKeys == 0))
        {
            foreach (Shard shard in _keyspace.Shards)
            {
                shard.StoredFilter.IsComplete = true;
            }

            return;
        }

        _learner = new Thread(Learn) { IsBackground = true, Name = "stored-keys" };
        _learner.Start();
    }

    public void Dispose()
    {
        _closing = true;
        _learner?.Join();
        _requests.CompleteAdding();
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _requests.Dispose();
        foreach (ElementStream stream in _streams)
        {
            stream.Dispose();
        }
    }

    private static StoredKey ReadKeyRow(ulong hash, byte[] name, ReadOnlySpan<byte> row) => new(
        hash,
        name,
        BinaryPrimitives.ReadUInt16BigEndian(row),
        row[2],
        BinaryPrimitives.ReadInt64LittleEndian(row[3..]));

    private void Learn()
    {
        const int AtOnce = 4096;
        var learnt = new List<ulong>[_keyspace.Shards.Length];
        for (int i = 0; i < learnt.Length; i++)
        {
            learnt[i] = new List<ulong>(AtOnce);
        }

        try
        {
            using IStoreScan scan = _store.Scan([StorageKeys.KeySpace], [StorageKeys.KeySpace + 1]);
            while (!_closing && scan.MoveNext())
            {
                Shard shard = _keyspace.ShardOf(BinaryPrimitives.ReadUInt16BigEndian(scan.Value));
                List<ulong> hashes = learnt[shard.Index];
                hashes.Add(BinaryPrimitives.ReadUInt64BigEndian(scan.Key[1..]));
                if (hashes.Count == AtOnce)
                {
                    Teach(shard, hashes, isLast: false);
                }
            }
        }
        catch (StorageException e)
        {
            // Not knowing costs reads, nothing else.
            Failures++;
            _logger.LogError(e, "The stored keys could not be listed; new keys are looked up in the store.");
            return;
        }

        for (int i = 0; !_closing && i < learnt.Length; i++)
        {
            Teach(_keyspace.Shards[i], learnt[i], isLast: true);
        }
    }

    private static void Teach(Shard shard, List<ulong> hashes, bool isLast)
    {
        lock (shard.Gate)
        {
            foreach (ulong hash in hashes)
            {
                shard.StoredFilter.Add(hash);
            }

            shard.StoredFilter.IsComplete |= isLast;
        }

        hashes.Clear();
    }

    private void Serve()
    {
        foreach (Action request in _requests.GetConsumingEnumerable())
        {
            request();
        }
    }

    private void Serve(ColdRequest request)
    {
        try
        {
            Fetch(request);
        }
        catch (Exception e) when (e is StorageException or RecordFormatException)
        {
            request.Supplies.Fail(OnFailure(e));
        }

        _keyspace.CountParked(-1);
        request.Ticket.ResumeHere();
    }

    private StorageException OnFailure(Exception failure)
    {
        Failures++;
        _logger.LogError(failure, "The store could not be read.");
        return failure as StorageException ??
            new StorageException("A stored record is damaged; restore the data directory from a backup.", failure);
    }

    private void Fetch(ColdRequest request)
    {
        foreach (ColdKey key in request.Keys)
        {
            Load(key, request.Supplies);
        }

        if (request.KeyPage is not null)
        {
            request.Supplies.Add(ReadPage(request.KeyPage));
        }

        foreach (ElementPageRequest page in request.ElementPages)
        {
            request.Supplies.Add(page, _elements.Read(page));
        }

        LoadElements(request.Elements);
    }

    /// <summary>
    /// Brings elements of paged collections in, each key's together. No epoch has to be compared: an element that is
    /// not in memory has not changed since it was missed, because it is kept once it is, and only the collection as a
    /// whole can have gone.
    /// </summary>
    private void LoadElements(ColdElement[] missed)
    {
        for (int next = 0; next < missed.Length;)
        {
            int first = next;
            KeyEntry entry = missed[first].Entry;
            while (next < missed.Length && ReferenceEquals(missed[next].Entry, entry))
            {
                next++;
            }

            RecordState[] states =
                [.. missed.Skip(first).Take(next - first).Select(element => _elements.Read(entry, element.Suffix))];
            Shard shard = _keyspace.ShardOf(entry.Partition);
            lock (shard.Gate)
            {
                for (int i = 0; i < states.Length; i++)
                {
                    ColdElement element = missed[first + i];
                    Collection elements = element.Elements;
                    if (!entry.IsDropped && ReferenceEquals(entry.Elements, elements) &&
                        elements.Generation == element.Generation && !elements.Knows(element.Suffix))
                    {
                        elements.Load(element.Suffix, states[i]);
                    }
                }

                _keyspace.AdmitElements(shard, entry);
            }
        }
    }

    private KeyEntry Read(in ColdKey key)
    {
        var entry = new KeyEntry(key.Name, key.Hash, key.Partition);
        var storageKey = new RecordWriter(key.Name.Length + 32);
        byte? tag = _keyspace.Types.Single?.Kind.Tag;
        if (tag is byte single)
        {
            StorageKeys.WriteRecord(storageKey, key.Partition, key.Name, single, default);
            byte[]? value = _store.Get(storageKey.Written);
            if (value is not null)
            {
                entry.Value = RecordState.Read(value);
                entry.IsValueStored = true;
                if (entry.Value.Cell is null)
                {
                    entry.IsStored = true;
                    entry.StoredAttention = entry.Attention;
                    return entry;
                }

                // What is left of a value, a marker say, may lie beside a collection that took its place.
            }
        }

        StorageKeys.WriteKey(storageKey, key.Hash, key.Name);
        byte[]? row = _store.Get(storageKey.Written);
        if (row is null)
        {
            return entry;
        }

        CollectionRow counts = CollectionRow.Read(row.AsSpan(KeyRowBytes));
        Collection elements = counts.Elements > _keyspace.ResidentElementsMax
            ? ReadPaged(entry, counts)
            : ReadResident(entry, counts);
        entry.Elements = entry.IsValueStored && elements.IsBlank ? null : elements;
        entry.IsStored = entry.HasContent;
        entry.StoredAttention = entry.HasContent ? entry.Attention : Cell.NoDeadline;
        return entry;
    }

    /// <summary>The records of a collection without content, of which the store has no key row.</summary>
    /// <exception cref="StorageException">The store failed.</exception>
    public Collection ReadHidden(KeyEntry entry) => ReadResident(entry, new CollectionRow([], 0, HasCounters: false));

    private Collection ReadPaged(KeyEntry entry, CollectionRow counts)
    {
        var elements = Collection.Paged(counts);
        elements.Register = _elements.Read(entry, [StorageKeys.RegisterTag]);
        elements.IsRegisterStored = !elements.Register.IsEmpty;
        elements.Runs.Load(_elements.ReadKind(entry, StorageKeys.RunTag), _keyspace.Runs);
        foreach (ElementRuns runs in elements.Runs.Kinds)
        {
            runs.First = _elements.ReadEnd(entry, runs.Tag, reverse: false);
            runs.Last = _elements.ReadEnd(entry, runs.Tag, reverse: true);
        }

        return elements;
    }

    private Collection ReadResident(KeyEntry entry, CollectionRow counts)
    {
        var elements = new Collection { DigestSum = counts.DigestSum };
        byte? single = _keyspace.Types.Single?.Kind.Tag;
        foreach ((byte[] suffix, RecordState state) in _elements.ReadAll(entry))
        {
            if (suffix[0] == single)
            {
                continue;
            }

            if (suffix[0] == StorageKeys.RegisterTag)
            {
                elements.Register = state;
                elements.IsRegisterStored = true;
            }
            else if (suffix[0] == StorageKeys.RunTag)
            {
                elements.Runs.Ignore();
            }
            else
            {
                elements.Load(suffix, state);
            }
        }

        return elements;
    }
}
