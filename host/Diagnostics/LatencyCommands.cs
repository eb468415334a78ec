using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;
using Marekvs.Host.Builtins;
using Marekvs.Host.Commands;

namespace Marekvs.Host.Diagnostics;

/// <summary>The subcommands of LATENCY.</summary>
internal sealed class LatencyCommands(ServerContext server)
{
    private CallTimes Times => server.Clients.CallTimes;

    private LatencyEvents Events => Times.Events;

    public Reply Latest(in CommandCall call)
    {
        IReadOnlyList<LatencySeries> all = Events.All();
        call.Writer.Array(all.Count);
        foreach (LatencySeries series in all)
        {
            LatencySample newest = series.Samples[^1];
            call.Writer.Array(4);
            call.Writer.Bulk(series.Name);
            call.Writer.Integer(newest.At);
            call.Writer.Integer(newest.Milliseconds);
            call.Writer.Integer(series.MillisecondsMax);
        }

        return Reply.Written;
    }

    public Reply History(in CommandCall call)
    {
        IReadOnlyList<LatencySample> samples =
            Events.Find(Encoding.UTF8.GetString(call.Args[2])) is { } series ? series.Samples : [];
        call.Writer.Array(samples.Count);
        foreach (LatencySample sample in samples)
        {
            call.Writer.Array(2);
            call.Writer.Integer(sample.At);
            call.Writer.Integer(sample.Milliseconds);
        }

        return Reply.Written;
    }

    public Reply Reset(in CommandCall call)
    {
        List<string> names = [];
        for (int i = 2; i < call.Args.Count; i++)
        {
            names.Add(Encoding.UTF8.GetString(call.Args[i]));
        }

        return Reply.Integer(Events.Reset(names));
    }

    public Reply Graph(in CommandCall call)
    {
        string name = Encoding.UTF8.GetString(call.Args[2]);
        return Events.Find(name) is { } series
            ? Verbatim(call.Writer, LatencyGraph.Draw(series, server.Time.GetUtcNow().ToUnixTimeSeconds()))
            : Reply.Error($"ERR No samples available for event '{name}'");
    }

    public Reply Doctor(in CommandCall call) => Verbatim(
        call.Writer, LatencyReport.Write(Events.All(), Times, server.Time.GetUtcNow().ToUnixTimeSeconds()));

    public Reply Histogram(in CommandCall call)
    {
        List<CommandEntry> asked = [];
        for (int i = 2; i < call.Args.Count; i++)
        {
            if (server.Table.FindByName(Encoding.UTF8.GetString(call.Args[i])) is { } entry)
            {
                asked.Add(entry);
                asked.AddRange(entry.Subcommands);
            }
        }

        List<(CommandEntry Entry, LatencyProfile Profile)> shown = [];
        foreach (CommandEntry entry in call.Args.Count == 2 ? server.Table.All : asked.Distinct())
        {
            LatencyProfile profile = entry.Durations.Read(server.Time.TimestampFrequency);
            if (profile.Calls > 0)
            {
                shown.Add((entry, profile));
            }
        }

        call.Writer.Map(shown.Count);
        foreach ((CommandEntry entry, LatencyProfile profile) in shown)
        {
            call.Writer.Bulk(entry.DisplayName);
            WriteProfile(call.Writer, profile);
        }

        return Reply.Written;
    }

    private static void WriteProfile(RespWriter writer, LatencyProfile profile)
    {
        IReadOnlyList<(long Microseconds, long Calls)> steps = profile.Cumulative();
        writer.Map(2);
        writer.Bulk("calls"u8);
        writer.Integer(profile.Calls);
        writer.Bulk("histogram_usec"u8);
        writer.Map(steps.Count);
        foreach ((long microseconds, long calls) in steps)
        {
            writer.Integer(microseconds);
            writer.Integer(calls);
        }
    }

    private static Reply Verbatim(RespWriter writer, string text)
    {
        writer.Verbatim(Encoding.UTF8.GetBytes(text), "txt"u8);
        return Reply.Written;
    }
}
