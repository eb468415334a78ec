using System.Globalization;

namespace Marekvs.Simulation.Tests.Ownership;

/// <summary>Commands at nodes that hold the keys, and what must be there in the end: elements that were added and never
/// removed, counters that are the sums of all increments.</summary>
internal sealed class MovingWorkload(MovingCluster cluster, Random random)
{
    private const int KeysOfKind = 12;

    private readonly Dictionary<string, HashSet<string>> _sets = [];
    private readonly Dictionary<string, long> _counts = [];
    private readonly Dictionary<string, string> _texts = [];
    private long _written;

    public void Step()
    {
        string number = random.Next(KeysOfKind).ToString(CultureInfo.InvariantCulture);
        switch (random.Next(10))
        {
            case < 4:
                Add("set" + number);
                break;
            case < 6:
                Remove("set" + number);
                break;
            case < 9:
                Count("count" + number);
                break;
            default:
                Write();
                break;
        }
    }

    /// <summary>Compares what owners show with what must be there.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public string? Check()
    {
        foreach (SimulatedNode node in cluster.Active)
        {
            foreach ((string key, HashSet<string> elements) in _sets.Where(of => Owns(node, of.Key)))
            {
                string[] found = node.RunMany("SMEMBERS", key);
                string[] lost = [.. elements.Except(found)];
                string[] back = [.. found.Except(elements)];
                if (lost.Length + back.Length > 0)
                {
                    return $"{node}: {key} lacks {string.Join(',', lost)} and has {string.Join(',', back)}, which was removed";
                }
            }

            foreach ((string key, long sum) in _counts.Where(of => Owns(node, of.Key)))
            {
                string found = node.Run("GET", key).Split("\r\n")[1];
                if (found != sum.ToString(CultureInfo.InvariantCulture))
                {
                    return $"{node}: {key} is {found} and was counted to {sum}";
                }
            }

            foreach ((string key, string value) in _texts.Where(of => Owns(node, of.Key)))
            {
                if (node.Run("GET", key) is var reply && !reply.Contains(value, StringComparison.Ordinal))
                {
                    return $"{node}: {key} is {reply.Trim()} where {value} was written";
                }
            }
        }

        return null;
    }

    private bool Owns(SimulatedNode node, string key) => cluster.View.Owners.Owns(MovingCluster.PartitionOf(key), node.Number);

    private string Unique() => (++_written).ToString(CultureInfo.InvariantCulture);

    private void Add(string key)
    {
        if (cluster.HolderOf(key) is { } node)
        {
            string element = "e" + Unique();
            Run(node, "SADD", key, element);
            _sets.TryAdd(key, []);
            _sets[key].Add(element);
        }
    }

    private void Remove(string key)
    {
        if (cluster.HolderOf(key) is { } node && node.RunMany("SMEMBERS", key) is { Length: > 0 } shown)
        {
            string element = shown[random.Next(shown.Length)];
            Run(node, "SREM", key, element);
            _sets[key].Remove(element);
        }
    }

    private void Count(string key)
    {
        if (cluster.HolderOf(key) is { } node)
        {
            long amount = random.Next(1, 10);
            Run(node, "INCRBY", key, amount.ToString(CultureInfo.InvariantCulture));
            _counts[key] = _counts.GetValueOrDefault(key) + amount;
        }
    }

    /// <summary>A key of its own, in whatever partition.</summary>
    private void Write()
    {
        string key = "text" + Unique();
        if (cluster.HolderOf(key) is { } node)
        {
            Run(node, "SET", key, "v" + key);
            _texts[key] = "v" + key;
        }
    }

    private void Run(SimulatedNode node, params string[] command)
    {
        string reply = node.Run(command);
        cluster.Trace($"{node} {string.Join(' ', command)} -> {reply.TrimEnd().Replace("\r\n", " ", StringComparison.Ordinal)}");
    }
}
