using System.Globalization;
using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;
using Marekvs.Host.Builtins;
using Marekvs.Storage.Engine;

namespace Marekvs.Host.Diagnostics;

/// <summary>The subcommands of MEMORY.</summary>
internal sealed class MemoryCommands(ServerContext server, RateSampler sampler)
{
    /// <summary>What is accounted for the key; nothing is sampled, so SAMPLES is checked and makes no difference.
    /// </summary>
    public static Reply Usage(in CommandCall call)
    {
        for (int i = 3; i < call.Args.Count; i += 2)
        {
            if (!Ascii.EqualsIgnoreCase(call.Args[i], "SAMPLES"u8) || i + 1 == call.Args.Count)
            {
                return Reply.SyntaxError;
            }

            if (!RedisNumber.TryParseInt64(call.Args[i + 1], out long samples))
            {
                return Reply.Error(RespErrors.NotInteger);
            }

            if (samples < 0)
            {
                return Reply.SyntaxError;
            }
        }

        Key key = call.Open(call.Args[2]);
        return key.Exists ? Reply.Integer(call.Keyspace.MemoryBytes(key)) : Reply.Nil;
    }

    public static Reply Purge(in CommandCall call)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Reply.Ok;
    }

    public static Reply Collector(in CommandCall call)
    {
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        var text = new InfoText();
        text.Section("Garbage collector");
        text.Add("heap_bytes", memory.HeapSizeBytes);
        text.Add("committed_bytes", memory.TotalCommittedBytes);
        text.Add("fragmented_bytes", memory.FragmentedBytes);
        text.Add("pinned_objects", memory.PinnedObjectsCount);
        for (int generation = 0; generation < memory.GenerationInfo.Length; generation++)
        {
            text.Add($"generation_{generation}_bytes", memory.GenerationInfo[generation].SizeAfterBytes);
        }

        for (int generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            text.Add($"collections_{generation}", GC.CollectionCount(generation));
        }

        text.Add("pause_seconds", GC.GetTotalPauseDuration().TotalSeconds, 3);
        return Verbatim(call.Writer, text.ToString());
    }

    public Reply Statistics(in CommandCall call)
    {
        KeyspaceStatistics keyspace = server.Keyspace.Statistics;
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        long used = GC.GetTotalMemory(forceFullCollection: false);
        long clients = server.Clients.Sessions.Sum(session => session.MemoryBytes);
        long overhead = Math.Max(0, used - keyspace.ResidentBytes);
        (string Name, object Value)[] figures =
        [
            ("peak.allocated", sampler.MemoryPeak),
            ("total.allocated", used),
            ("clients.normal", clients),
            ("replication.backlog", 0L),
            ("overhead.total", overhead),
            ("keys.count", keyspace.Keys),
            ("keys.resident", keyspace.ResidentKeys),
            ("keys.bytes-per-key", keyspace.ResidentBytes / Math.Max(1, keyspace.ResidentKeys)),
            ("dataset.bytes", keyspace.ResidentBytes),
            ("dataset.percentage", 100.0 * keyspace.ResidentBytes / Math.Max(1, used)),
            ("dataset.bytes-max", keyspace.MemoryMax),
            ("peak.percentage", 100.0 * used / Math.Max(1, sampler.MemoryPeak)),
            ("allocator.allocated", memory.HeapSizeBytes),
            ("allocator.active", memory.TotalCommittedBytes),
            ("allocator.resident", Environment.WorkingSet),
            ("allocator-fragmentation.bytes", memory.FragmentedBytes),
            ("fragmentation", (double)Environment.WorkingSet / Math.Max(1, used)),
            ("fragmentation.bytes", Environment.WorkingSet - used),
        ];
        call.Writer.Map(figures.Length);
        foreach ((string name, object value) in figures)
        {
            call.Writer.Bulk(name);
            if (value is double number)
            {
                call.Writer.Double(number);
            }
            else
            {
                call.Writer.Integer((long)value);
            }
        }

        return Reply.Written;
    }

    public Reply Doctor(in CommandCall call)
    {
        KeyspaceStatistics keyspace = server.Keyspace.Statistics;
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        List<string> findings = [];
        if (keyspace.DroppedEntries > 0)
        {
            findings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"The data is larger than maxmemory ({keyspace.MemoryMax} bytes): {keyspace.Keys - keyspace.ResidentKeys} ") +
                "keys are on disk only. That is no fault; more memory makes reads of them faster.");
        }

        if (keyspace.DirtyKeys > keyspace.ResidentKeys / 2 && keyspace.ResidentBytes > keyspace.MemoryMax / 2)
        {
            findings.Add("More than half of what is in memory waits to be written to the store, so writes may have to " +
                "wait: the store is slower than the writes.");
        }

        if (memory.FragmentedBytes > memory.HeapSizeBytes / 2 && memory.HeapSizeBytes > 256L << 20)
        {
            findings.Add("More than half of the heap is free space between objects: MEMORY PURGE compacts it.");
        }

        if (server.Clients.Sessions.Sum(session => session.OutputBytes) > keyspace.MemoryMax / 10)
        {
            findings.Add("Clients do not take their output, which waits in memory: see omem in CLIENT LIST, and " +
                "client-output-buffer-limit.");
        }

        return Verbatim(call.Writer, findings.Count == 0
            ? "There is nothing noticeable about memory.\n"
            : string.Concat(findings.Select(finding => $"- {finding}\n")));
    }

    private static Reply Verbatim(RespWriter writer, string text)
    {
        writer.Verbatim(Encoding.UTF8.GetBytes(text), "txt"u8);
        return Reply.Written;
    }
}
