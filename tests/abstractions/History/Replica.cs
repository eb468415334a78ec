using Marekvs.Abstractions.Crdt;
using Microsoft.Extensions.Time.Testing;

namespace Marekvs.Abstractions.Tests.History;

/// <summary>One journal entry: what a command changed, as bytes, and the operation it was.</summary>
/// <param name="Stamp">When its origin made it.</param>
/// <param name="Operation">The oracle's number for it.</param>
/// <param name="Deltas">The changed keys.</param>
/// <param name="Collection">The collection it cleared, or -1.</param>
/// <param name="Clear">The clear vector's bytes.</param>
public sealed record LogEntry(
    Stamp Stamp, int Operation, IReadOnlyList<(int Key, byte[] Delta)> Deltas, int Collection, byte[] Clear);

/// <summary>What one replica sends another to compare: its rows and, taken before them, its applied vector.</summary>
public sealed record Snapshot(
    Replica From,
    VersionVector Applied,
    Stamp Clock,
    IReadOnlyDictionary<int, byte[]> Rows,
    byte[][] Clears,
    int[] Cursors,
    IReadOnlySet<int> Known);

/// <summary>A copy of one partition on one node, built from the real cells, vectors and clock.</summary>
public sealed class Replica
{
    private readonly RecordWriter _writer = new();

    public Replica(int number, int count, int skewMilliseconds)
    {
        Number = number;
        Time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddDays(1).AddMilliseconds(skewMilliseconds));
        Clock = new HybridClock(Time);
        Origin = new Origin((ushort)(number + 1), 1);
        Cursors = new int[count];
        View = [.. Enumerable.Range(0, count)];
        Seen = [.. Enumerable.Range(0, count).Select(_ => new VersionVector())];
    }

    public int Number { get; }

    public Origin Origin { get; }

    public FakeTimeProvider Time { get; }

    public HybridClock Clock { get; }

    public Dictionary<int, Cell> Cells { get; } = [];

    public VersionVector[] Clears { get; } = [new(), new()];

    public VersionVector Applied { get; set; } = new();

    /// <summary>How far this replica has read each origin's log.</summary>
    public int[] Cursors { get; }

    public List<LogEntry> Log { get; } = [];

    /// <summary>The replicas it counts as active.</summary>
    public HashSet<int> View { get; set; }

    /// <summary>The applied vectors it last heard of, by replica.</summary>
    public VersionVector[] Seen { get; }

    /// <summary>The operations whose effects are in its state.</summary>
    public HashSet<int> Known { get; private set; } = [];

    public Cell? this[int key] => Cells.GetValueOrDefault(key);

    public bool IsApplied(Dot dot) => Applied.Covers(dot);

    /// <summary>Commits a write of this replica.</summary>
    public void Append(LogEntry entry, PlantedBug bug = PlantedBug.None)
    {
        Log.Add(entry);
        Apply(entry, bug);
        Cursors[Number] = Log.Count;
        Applied.Raise(Origin, entry.Stamp);
    }

    /// <summary>Reads on in another replica's log.</summary>
    public void Pull(Replica from, int count, PlantedBug bug = PlantedBug.None)
    {
        for (; count > 0 && Cursors[from.Number] < from.Log.Count; count--)
        {
            LogEntry entry = from.Log[Cursors[from.Number]++];
            Clock.Observe(entry.Stamp);
            Apply(entry, bug);
            Applied.Raise(from.Origin, entry.Stamp);
        }

        if (Cursors[from.Number] == from.Log.Count)
        {
            // The heartbeat of an idle origin: nothing of it is still to come up to here.
            Clock.Observe(from.Clock.Last);
            Applied.Raise(from.Origin, from.Clock.Last);
        }
    }

    /// <summary>Takes a whole snapshot: rows, clear vectors and, since nothing is missing, the applied vector.</summary>
    public void Receive(Snapshot message, PlantedBug bug = PlantedBug.None)
    {
        for (int i = 0; i < Clears.Length; i++)
        {
            Clears[i].Join(VersionVector.Read(message.Clears[i], out _));
        }

        for (int key = 0; key < Simulation.KeyCount; key++)
        {
            ReceiveRow(message, key, bug);
        }

        Applied.Join(message.Applied);
        for (int i = 0; i < Cursors.Length; i++)
        {
            Cursors[i] = Math.Max(Cursors[i], message.Cursors[i]);
        }

        Learn(message.Known);
    }

    /// <summary>Takes one key of a snapshot.</summary>
    public void ReceiveRow(Snapshot message, int key, PlantedBug bug = PlantedBug.None)
    {
        Clock.Observe(message.Clock);
        Cell? mine = this[key];
        Cell? theirs = message.Rows.TryGetValue(key, out byte[]? bytes) ? CellCodec.Read(bytes) : null;
        if (mine is null && theirs is null)
        {
            return;
        }

        VersionVector theirApplied = bug == PlantedBug.ReadVectorAfterRows ? message.From.Applied : message.Applied;
        bool trusts = bug == PlantedBug.TrustPresence && mine is not null && theirs is not null;
        bool hasContext = !trusts && bug != PlantedBug.JoinWithoutContext;
        Func<Dot, bool> myContext = hasContext ? IsApplied : _ => false;
        Func<Dot, bool> theirContext = hasContext ? theirApplied.Covers : _ => false;
        Set(key, CausalJoin.Of(mine, theirs, myContext, theirContext, Clock.Tick()));
    }

    /// <summary>Joins what an entry changed, in any order and any number of times.</summary>
    public void Apply(LogEntry entry, PlantedBug bug = PlantedBug.None)
    {
        if (entry.Collection >= 0)
        {
            VersionVector clear = VersionVector.Read(entry.Clear, out _);
            Clears[entry.Collection].Join(clear);
            foreach (int key in Simulation.KeysOf(entry.Collection))
            {
                Set(key, this[key] ?? new Cell());
            }

            if (bug == PlantedBug.ApplyClearVector)
            {
                Applied.Join(clear);
            }
        }

        foreach ((int key, byte[] delta) in entry.Deltas)
        {
            Cell cell = this[key] ?? new Cell();
            cell.Join(CellCodec.Read(delta));
            Set(key, cell);
        }

        Known.Add(entry.Operation);
    }

    /// <summary>Forgets what its applied vector says anyway.</summary>
    public void Forget(Stamp stable, Func<Dot, bool>? isCovered = null, Func<Origin, bool>? isActive = null)
    {
        foreach ((int key, Cell cell) in Cells.ToArray())
        {
            cell.Prune(isCovered ?? IsApplied, stable, isActive);
            Set(key, cell);
        }

        foreach (VersionVector clear in Clears)
        {
            clear.Forget(isCovered ?? IsApplied);
        }
    }

    public void Set(int key, Cell cell)
    {
        cell.Clear(Clears[Simulation.CollectionOf(key)]);
        if (cell.IsEmpty)
        {
            Cells.Remove(key);
        }
        else
        {
            Cells[key] = cell;
        }
    }

    public void Learn(IEnumerable<int> operations) => Known.UnionWith(operations);

    public Snapshot TakeSnapshot() => new(
        this,
        Applied.Clone(),
        Clock.Last,
        Cells.ToDictionary(row => row.Key, row => Encode(row.Value)),
        [.. Clears.Select(Encode)],
        [.. Cursors],
        new HashSet<int>(Known));

    public byte[] Encode(Cell cell)
    {
        _writer.Clear();
        cell.Write(_writer);
        return _writer.Written.ToArray();
    }

    public byte[] Digest(int key)
    {
        _writer.Clear();
        this[key]?.WriteDigestInput(_writer);
        return _writer.Written.ToArray();
    }

    public static byte[] Encode(VersionVector vector)
    {
        var bytes = new byte[vector.EncodedLength];
        vector.Write(bytes);
        return bytes;
    }
}
