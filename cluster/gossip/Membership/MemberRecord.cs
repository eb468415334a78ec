using System.Buffers.Binary;
using System.Text;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Cluster.Gossip.Membership;

/// <summary>
/// The versioned map of one life of a node. Its owner alone writes it and gives every change the next version, so
/// copies differ only in how far they are, and a copy that is behind lacks exactly what is newer than its version.
/// </summary>
/// <param name="number">The node.</param>
/// <param name="generation">Which life; a later one replaces an earlier one.</param>
internal sealed class MemberRecord(ushort number, ulong generation)
{
    /// <summary>Bytes of a whole map at most, so that one always fits into a datagram.</summary>
    public const int MapBytesMax = 1000;

    /// <summary>What an entry takes beside its value, at most.</summary>
    private const int EntryBytes = 2 + 10 + 3;

    private readonly SortedList<MemberKey, MemberEntry> _entries = [];

    public ushort Number { get; } = number;

    public ulong Generation { get; } = generation;

    /// <summary>Grows with every round of its owner.</summary>
    public ulong Heartbeat { get; set; }

    /// <summary>The newest version.</summary>
    public ulong Version { get; private set; }

    /// <summary>Values taken back up to this version were forgotten.</summary>
    public ulong CollectedThrough { get; private set; }

    public MemberState State => Read(MemberKey.State) is [byte state] ? (MemberState)state : MemberState.Joining;

    public string Host => Text(MemberKey.Host);

    public string Zone => Text(MemberKey.Zone);

    public ushort GossipPort => Port(0);

    public ushort MeshPort => Port(1);

    public ushort RespPort => Port(2);

    public ushort HttpPort => Port(3);

    public Origin Origin => Read(MemberKey.Origin) is { Length: 4 } origin
        ? new Origin(BinaryPrimitives.ReadUInt32LittleEndian(origin))
        : new Origin(Number, 0);

    public Guid Journal => Read(MemberKey.Journal) is { Length: 16 } journal ? new Guid(journal) : Guid.Empty;

    public ulong Fingerprint => Read(MemberKey.Fingerprint) is { Length: 8 } hash
        ? BinaryPrimitives.ReadUInt64LittleEndian(hash)
        : 0;

    /// <summary>Where it is reached by datagrams; null while that is unknown.</summary>
    public PeerAddress? Address =>
        PeerAddress.IsHost(Host) && GossipPort != 0 ? new PeerAddress(Host, GossipPort) : null;

    /// <summary>Whether values taken back are still remembered.</summary>
    public bool HasTombstones => _entries.Values.Any(e => e.Value is null);

    public byte[]? Read(MemberKey key) => _entries.GetValueOrDefault(key).Value;

    /// <summary>Its owner says something.</summary>
    /// <returns>False when it said the same before.</returns>
    public bool Set(MemberKey key, ReadOnlySpan<byte> value)
    {
        if (Read(key) is byte[] before && value.SequenceEqual(before))
        {
            return false;
        }

        _entries[key] = new MemberEntry(++Version, value.ToArray());
        Invariant.That(MapBytes <= MapBytesMax, "a node tells no more of itself than fits into a datagram");
        return true;
    }

    /// <summary>Its owner takes something back.</summary>
    /// <returns>False when it was not there.</returns>
    public bool Retract(MemberKey key)
    {
        if (Read(key) is null)
        {
            return false;
        }

        _entries[key] = new MemberEntry(++Version, null);
        return true;
    }

    /// <summary>Its owner forgets what it took back; copies that have not heard of it get the whole map.</summary>
    public void Collect()
    {
        CollectedThrough = Version;
        DropCollected();
    }

    /// <summary>The next life of the same node, saying the same.</summary>
    /// <param name="next">Its generation.</param>
    public MemberRecord Reborn(ulong next)
    {
        var reborn = new MemberRecord(Number, next);
        foreach ((MemberKey key, MemberEntry entry) in _entries)
        {
            if (entry.Value is not null)
            {
                reborn.Set(key, entry.Value);
            }
        }

        return reborn;
    }

    /// <summary>What a copy lacks.</summary>
    /// <param name="version">How far the copy is.</param>
    public MemberDelta DeltaAfter(ulong version)
    {
        ulong after = version < CollectedThrough ? 0 : version;
        return new MemberDelta(
            Number, Generation, after, Version, CollectedThrough,
            [.. _entries.Where(e => e.Value.Version > after).OrderBy(e => e.Value.Version)]);
    }

    /// <summary>Brings a copy up to date.</summary>
    /// <returns>Whether anything was new; a delta that leaves a gap is of no use.</returns>
    /// <exception cref="RecordFormatException">The map would be larger than its owner may make it.</exception>
    public bool Apply(MemberDelta delta)
    {
        if (delta.Version <= Version || delta.After > Version)
        {
            return false;
        }

        IEnumerable<MemberKey> kept = delta.After == 0 ? [] : _entries.Keys.Except(delta.Entries.Select(e => e.Key));
        int bytes = kept.Sum(key => BytesOf(_entries[key])) + delta.Entries.Sum(e => BytesOf(e.Value));
        if (bytes > MapBytesMax)
        {
            throw new RecordFormatException("a node tells more of itself than fits into a datagram");
        }

        if (delta.After == 0)
        {
            _entries.Clear();
        }

        foreach ((MemberKey key, MemberEntry entry) in delta.Entries)
        {
            if (entry.Version > _entries.GetValueOrDefault(key).Version)
            {
                _entries[key] = entry;
            }
        }

        Version = delta.Version;
        CollectedThrough = Math.Max(CollectedThrough, delta.CollectedThrough);
        DropCollected();
        return true;
    }

    private int MapBytes => _entries.Values.Sum(BytesOf);

    private static int BytesOf(MemberEntry entry) => EntryBytes + (entry.Value?.Length ?? 0);

    private void DropCollected()
    {
        for (int i = _entries.Count - 1; i >= 0; i--)
        {
            if (_entries.Values[i] is { Value: null } entry && entry.Version <= CollectedThrough)
            {
                _entries.RemoveAt(i);
            }
        }
    }

    private string Text(MemberKey key) => Read(key) is byte[] text ? Encoding.UTF8.GetString(text) : "";

    private ushort Port(int index) => Read(MemberKey.Ports) is { Length: 8 } ports
        ? BinaryPrimitives.ReadUInt16LittleEndian(ports.AsSpan(2 * index))
        : (ushort)0;
}
