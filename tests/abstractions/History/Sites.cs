using System.Text;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Tests.History;

/// <summary>How what one site wrote reaches the others.</summary>
public enum Delivery
{
    /// <summary>Each log in order.</summary>
    Logs,

    /// <summary>No logs at all: snapshots only.</summary>
    AntiEntropy,

    /// <summary>Every entry twice and in any order.</summary>
    Scrambled,
}

/// <summary>Three homes of one partition that write apart and then meet. A key is an element: 0 and 1 make one
/// collection, 2 and 3 another.</summary>
public sealed class Sites
{
    private readonly Delivery _delivery;
    private readonly Random _random = new(1);

    public Sites(Delivery delivery)
    {
        _delivery = delivery;
        All = [new Replica(0, 3, 0), new Replica(1, 3, 0), new Replica(2, 3, 0)];
    }

    public Replica[] All { get; }

    public Replica A => All[0];

    public Replica B => All[1];

    public Replica C => All[2];

    public static LogEntry Put(
        Replica site, string value, int key = 0, long deadline = Cell.NoDeadline, DotState state = DotState.Live) =>
        Put(site, Encoding.UTF8.GetBytes(value), key, deadline, state);

    public static LogEntry Put(
        Replica site, byte[] value, int key = 0, long deadline = Cell.NoDeadline, DotState state = DotState.Live) =>
        Write(site, key, dot => CellDelta.Put(site[key], dot, value, state, deadline));

    public static LogEntry Remove(Replica site, int key = 0) => Write(site, key, dot => CellDelta.Remove(site[key], dot));

    public static LogEntry Expire(Replica site, long deadline, int key = 0) =>
        Write(site, key, dot => CellDelta.Expire(site[key], dot, deadline));

    public static LogEntry Add(Replica site, Int128 amount, int key = 0) =>
        Write(site, key, dot => CellDelta.Increment(site[key], dot, new CounterSum(amount)));

    public static LogEntry Add(Replica site, decimal amount, int key = 0) =>
        Write(site, key, dot => CellDelta.Increment(site[key], dot, new CounterSum(amount)));

    /// <summary>DEL of a collection: the vector, and by name what the vector cannot say.</summary>
    public static void Clear(Replica site, int collection)
    {
        var dot = new Dot(site.Clock.Tick(), site.Origin);
        VersionVector clear = site.Applied.Clone();
        var deltas = new List<(int Key, byte[] Delta)>();
        foreach (int key in Simulation.KeysOf(collection))
        {
            Cell above = CellDelta.Remove(site[key], dot);
            above.Clear(clear);
            if (!above.IsEmpty)
            {
                deltas.Add((key, site.Encode(above)));
            }
        }

        site.Append(new LogEntry(dot.Stamp, site.Log.Count, deltas, collection, Replica.Encode(clear)));
    }

    /// <summary>Brings some sites together.</summary>
    public void Meet(params Replica[] sites)
    {
        switch (_delivery)
        {
            case Delivery.Logs:
                ForEachPair(sites, (to, from) => to.Pull(from, int.MaxValue));
                break;
            case Delivery.AntiEntropy:
                Exchange(sites);
                Exchange(sites);
                break;
            default:
                Scramble(sites);
                break;
        }
    }

    /// <summary>Brings all together, lets every marker go, and compares; anti-entropy afterwards changes nothing.
    /// </summary>
    public void Settle()
    {
        Meet(All);
        AssertSame();
        string[] before = [.. All.Select(Describe)];
        Exchange(All);
        Exchange(All);
        AssertSame();
        CollectionAssert.AreEqual(before, All.Select(Describe).ToArray(), "anti-entropy changed a settled state");
        foreach (Replica site in All)
        {
            site.Forget(StableThrough());
        }

        AssertSame();
        Exchange(All);
        AssertSame();
    }

    public Stamp StableThrough() => All.Min(site => All.Min(other => site.Applied[other.Origin]));

    public void AssertValue(string? expected, int key = 0)
    {
        foreach (Replica site in All)
        {
            CellDot dot = default;
            string? found = site[key]?.TryGetVisible(out dot) == true ? Encoding.UTF8.GetString(dot.Payload.Span) : null;
            Assert.AreEqual(expected, found, $"value of element {key} on site {site.Number}");
        }
    }

    public void AssertAbsent(int key = 0)
    {
        foreach (Replica site in All)
        {
            Assert.IsFalse(site[key]?.IsVisible ?? false, $"element {key} on site {site.Number}");
        }
    }

    public void AssertSum(Int128 expected, int key = 0)
    {
        foreach (Replica site in All)
        {
            Assert.IsTrue((site[key]?.CounterWorth ?? default).TryGetInteger(out Int128 sum));
            Assert.AreEqual(expected, sum, $"counter {key} on site {site.Number}");
        }
    }

    public void AssertDeadline(long expected, int key = 0)
    {
        foreach (Replica site in All)
        {
            Assert.AreEqual(expected, site[key]!.EffectiveDeadline, $"deadline of {key} on site {site.Number}");
        }
    }

    private static LogEntry Write(Replica site, int key, Func<Dot, Cell> write)
    {
        var dot = new Dot(site.Clock.Tick(), site.Origin);
        var entry = new LogEntry(dot.Stamp, site.Log.Count, [(key, site.Encode(write(dot)))], -1, []);
        site.Append(entry);
        return entry;
    }

    private static void Exchange(Replica[] sites) => ForEachPair(sites, (to, from) => to.Receive(from.TakeSnapshot()));

    private static void ForEachPair(Replica[] sites, Action<Replica, Replica> action)
    {
        foreach (Replica to in sites)
        {
            foreach (Replica from in sites.Where(from => from != to))
            {
                action(to, from);
            }
        }
    }

    private void Scramble(Replica[] sites)
    {
        foreach (Replica to in sites)
        {
            (Replica From, LogEntry Entry)[] entries =
            [
                .. sites.Where(from => from != to).SelectMany(
                    from => from.Log.Skip(to.Cursors[from.Number]).Select(entry => (from, entry))),
            ];
            entries = [.. entries, .. entries];
            _random.Shuffle(entries);
            foreach ((_, LogEntry entry) in entries)
            {
                to.Apply(entry);
            }

            // Only now is nothing missing any more, and only now may the applied vector say so.
            foreach ((Replica from, LogEntry entry) in entries)
            {
                to.Clock.Observe(entry.Stamp);
                to.Applied.Raise(from.Origin, entry.Stamp);
                to.Cursors[from.Number] = from.Log.Count;
            }
        }
    }

    private void AssertSame()
    {
        for (int key = 0; key < Simulation.KeyCount; key++)
        {
            foreach (Replica site in All)
            {
                Assert.AreEqual(
                    Convert.ToHexString(A.Digest(key)),
                    Convert.ToHexString(site.Digest(key)),
                    $"digest of element {key} on site {site.Number}");
            }
        }
    }

    private string Describe(Replica site) => string.Join(
        '|', Enumerable.Range(0, Simulation.KeyCount).Select(key => Convert.ToHexString(site.Digest(key))));
}
