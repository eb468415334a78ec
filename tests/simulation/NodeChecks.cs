using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine;
using Marekvs.Storage.Engine.Execution;
using Marekvs.Storage.Engine.Replication;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Simulation.Tests;

/// <summary>What must hold of every node, whatever was written.</summary>
internal static class NodeChecks
{
    /// <summary>Keys that nodes show differently, or of which the digests differ.</summary>
    /// <returns>Null when there are none.</returns>
    public static string? Difference(SimulatedCluster cluster, IEnumerable<string> keys)
    {
        ulong[][] roots = [.. cluster.Nodes.Select(node => node.Roots())];
        foreach (string key in keys)
        {
            ushort partition = PartitionOf(key);
            string[] shown = [.. cluster.Nodes.Select(node => Show(node, key))];
            if (shown.Distinct().Count() > 1 || roots.Any(of => of[partition] != roots[0][partition]))
            {
                return $"{key}: {string.Join(" | ", shown)}";
            }
        }

        return null;
    }

    /// <summary>All of a key that does not depend on the moment.</summary>
    public static string Show(SimulatedNode node, string key)
    {
        string type = ReplyText.Read(node.Run("TYPE", key)).Text!;
        string shown = type switch
        {
            "string" => node.Run("GET", key),
            "set" => string.Join(',', Read(node, "SMEMBERS", key).Texts.Order(StringComparer.Ordinal)),
            "hash" => ShowHash(node, key),
            "zset" => node.Run("ZRANGE", key, "0", "-1", "WITHSCORES"),
            "list" => node.Run("LRANGE", key, "0", "-1"),
            "stream" => node.Run("XRANGE", key, "-", "+") + ShowGroups(node, key),
            _ => "",
        };
        return $"{type} {shown} {node.Run("PEXPIRETIME", key)}".Replace("\r\n", " ", StringComparison.Ordinal);
    }

    /// <summary>Checks counts and everything else that is derived from records.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public static string? All(SimulatedNode node)
    {
        long size = Read(node, "DBSIZE").Number;
        int counted = CountKeys(node);
        long wrong = node.Keyspace.Statistics.DigestMismatches;
        return wrong > 0 ? $"{wrong} digests were not those of their records"
            : size != counted
            ? $"DBSIZE answers {size} where a walk finds {counted}"
            : Markers(node) ?? node.Keyspace.Shards.Select(shard => Derived(node.Keyspace, shard)).FirstOrDefault(f => f is not null);
    }

    /// <summary>Whether a record is kept that says nothing any more.</summary>
    public static string? Markers(SimulatedNode node)
    {
        foreach (MarkedRecord record in node.Keyspace.Sweeper.All())
        {
            Cell cell = node.Keyspace.Sweeper.StateOf(record).ToCell();
            int before = Size(cell);
            node.Keyspace.Context.Prune(cell, record.Entry.Partition);
            if (Size(cell) != before)
            {
                return $"a marker of {Encoding.Latin1.GetString(record.Entry.Name)} is kept beyond its time";
            }
        }

        return null;
    }

    /// <summary>The records of a key that are in memory, for the trace of a run that failed.</summary>
    public static IEnumerable<string> Records(SimulatedNode node, string key)
    {
        byte[] name = Encoding.Latin1.GetBytes(key);
        Keyspace keyspace = node.Keyspace;
        if (keyspace.ShardOf(PartitionOf(key)).Table.Find(keyspace.HashOf(name), name)?.Elements is not { } elements)
        {
            yield break;
        }

        for (ElementTree.Position at = elements.Tree.First(); at.IsValid; at = at.Next())
        {
            IEnumerable<string> dots = at.Item.State.ToCell().Dots.Select(
                dot => $"{dot.Origin}@{dot.Stamp.UnixMilliseconds - SimulatedCluster.StartMilliseconds} {dot.State}");
            yield return $"{node} {key} {Convert.ToHexString(at.Suffix)}: {string.Join(", ", dots)}";
        }
    }

    /// <summary>Bytes of the longest record of a key in memory; 0 when there is none.</summary>
    public static int LargestRecord(SimulatedNode node, string key)
    {
        byte[] name = Encoding.Latin1.GetBytes(key);
        Keyspace keyspace = node.Keyspace;
        int largest = 0;
        var record = new RecordWriter();
        if (keyspace.ShardOf(PartitionOf(key)).Table.Find(keyspace.HashOf(name), name)?.Elements is { } elements)
        {
            for (ElementTree.Position at = elements.Tree.First(); at.IsValid; at = at.Next())
            {
                record.Clear();
                if (!at.Item.State.IsEmpty)
                {
                    at.Item.State.Write(record);
                }

                largest = Math.Max(largest, record.Length);
            }
        }

        return largest;
    }

    private static int Size(Cell cell) => cell.Dots.Count + cell.Slots.Count + cell.Deadlines.Count;

    private static ReplyText Read(SimulatedNode node, params string[] command) => ReplyText.Read(node.Run(command));

    private static string ShowHash(SimulatedNode node, string key) => string.Join(',', Read(node, "HKEYS", key).Texts
        .Order(StringComparer.Ordinal)
        .Select(field => $"{field}={Read(node, "HGET", key, field).Text}@{Read(node, "HPEXPIRETIME", key, "FIELDS", "1", field).Parts[0].Text}"));

    private static string ShowGroups(SimulatedNode node, string key)
    {
        var shown = new StringBuilder();
        foreach (ReplyText group in Read(node, "XINFO", "GROUPS", key).Parts)
        {
            string name = group.Parts[1].Text!;
            shown.Append(CultureInfo.InvariantCulture, $" group {name}");
            foreach (ReplyText pending in Read(node, "XPENDING", key, name, "-", "+", "1000").Parts)
            {
                shown.Append(CultureInfo.InvariantCulture, $" {pending.Parts[0].Text} to {pending.Parts[1].Text}");
            }
        }

        return shown.ToString();
    }

    private static int CountKeys(SimulatedNode node)
    {
        int found = 0;
        string cursor = "0";
        do
        {
            ReplyText page = Read(node, "SCAN", cursor, "COUNT", "100");
            cursor = page.Parts[0].Text!;
            found += page.Parts[1].Parts.Count;
        }
        while (cursor != "0");
        return found;
    }

    /// <summary>Builds counts, indexes, deadlines and digests anew from the records in memory.</summary>
    private static string? Derived(Keyspace keyspace, Shard shard)
    {
        var effects = new CallEffects(keyspace.Partitions, keyspace.Types);
        var all = new List<KeyEntry>();
        lock (shard.Gate)
        {
            shard.Table.Collect(0, int.MaxValue, all);
            foreach (KeyEntry entry in all)
            {
                if (entry.Elements is { IsPaged: false } elements && Derived(keyspace, elements, effects, entry) is { } fault)
                {
                    return $"{fault} of {Encoding.Latin1.GetString(entry.Name)} are not those of its records";
                }
            }

            return DerivedDigests(keyspace, shard, all, effects);
        }
    }

    private static string? Derived(Keyspace keyspace, Collection elements, CallEffects effects, KeyEntry entry)
    {
        var found = new HashSet<string>();
        var expected = new HashSet<string>();
        var counts = new Dictionary<byte, long>();
        var index = new RecordWriter();
        for (ElementTree.Position at = elements.Tree.First(); at.IsValid; at = at.Next())
        {
            byte[] suffix = at.Suffix;
            RecordState state = at.Item.State;
            if (keyspace.Types.IsDerived(suffix[0]))
            {
                _ = !state.IsEmpty && found.Add(Convert.ToHexString(suffix));
                continue;
            }

            if (!state.IsVisible)
            {
                continue;
            }

            counts[suffix[0]] = counts.GetValueOrDefault(suffix[0]) + 1;
            if (state.Deadline != Cell.NoDeadline)
            {
                expected.Add(Convert.ToHexString(StorageKeys.ElementDeadline(state.Deadline, suffix)));
            }

            if (keyspace.Types.KindOf(suffix[0]) is { Index: { } derived } kind)
            {
                index.Clear();
                index.WriteByte(derived.Kind.Tag);
                derived.WriteEntry(ElementSuffix.NameIn(kind, suffix), EngineCall.View(state), index);
                expected.Add(Convert.ToHexString(index.Written));
            }
        }

        return !found.SetEquals(expected) ? "indexes"
            : counts.Any(pair => elements.CountOf(pair.Key) != pair.Value) ? "counts"
            : effects.SumOf(entry) != elements.DigestSum ? "digests"
            : null;
    }

    private static string? DerivedDigests(Keyspace keyspace, Shard shard, List<KeyEntry> all, CallEffects effects)
    {
        if (shard.HasColdKeys)
        {
            return null;
        }

        var sums = new Dictionary<(ushort, int), ulong>();
        foreach (KeyEntry entry in all)
        {
            (ushort, int) bucket = (entry.Partition, (int)(XxHash3.HashToUInt64(entry.Name) % Limits.DigestBuckets));
            sums[bucket] = sums.GetValueOrDefault(bucket) ^ effects.DigestOf(entry);
        }

        foreach (((ushort partition, int bucket), ulong sum) in sums)
        {
            if (keyspace.Partitions.Digest(partition)[bucket] != sum)
            {
                return $"the digest of partition {partition} is not that of its keys";
            }
        }

        return null;
    }

    private static ushort PartitionOf(string key) => KeyAddress.PartitionOf(Encoding.Latin1.GetBytes(key));
}
