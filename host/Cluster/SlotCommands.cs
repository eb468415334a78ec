using System.Net;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;
using Marekvs.Host.Builtins;

namespace Marekvs.Host.Cluster;

/// <summary>
/// CLUSTER about where slots are, for clients that go straight to an owner. The first owner of a slot is shown as its
/// master and the others as its replicas, although each takes writes.
/// </summary>
internal sealed class SlotCommands(ServerContext server)
{
    public Reply Slots(in CommandCall call)
    {
        RespWriter writer = call.Writer;
        List<SlotRange> ranges = [.. SlotRanges.Of(server.Cluster.View)];
        writer.Array(ranges.Count);
        foreach (SlotRange range in ranges)
        {
            writer.Array(2 + range.Owners.Count);
            writer.Integer(range.First);
            writer.Integer(range.Last);
            foreach (ClusterMember owner in range.Owners)
            {
                writer.Array(4);
                writer.Bulk(owner.Host);
                writer.Integer(owner.RespPort);
                writer.Bulk(owner.Id);
                writer.Array(0);
            }
        }

        return Reply.Written;
    }

    /// <summary>A shard is a node with the slots it is the first owner of.</summary>
    public Reply Shards(in CommandCall call)
    {
        RespWriter writer = call.Writer;
        ClusterView view = server.Cluster.View;
        List<ClusterMember> shards = [.. view.Members.Where(m => m.State != MemberState.Left)];
        writer.Array(shards.Count);
        foreach (ClusterMember member in shards)
        {
            List<(int First, int Last)> ranges = [.. SlotRanges.Of(view, member.Origin.Node)];
            writer.Map(2);
            writer.Bulk("slots"u8);
            writer.Array(2 * ranges.Count);
            foreach ((int first, int last) in ranges)
            {
                writer.Integer(first);
                writer.Integer(last);
            }

            writer.Bulk("nodes"u8);
            writer.Array(1);
            WriteNode(writer, member);
        }

        return Reply.Written;
    }

    private static void WriteNode(RespWriter writer, ClusterMember member)
    {
        bool isAddress = IPAddress.TryParse(member.Host, out _);
        writer.Map(isAddress ? 7 : 8);
        writer.Bulk("id"u8);
        writer.Bulk(member.Id);
        writer.Bulk("port"u8);
        writer.Integer(member.RespPort);
        writer.Bulk("ip"u8);
        writer.Bulk(isAddress ? member.Host : "");
        writer.Bulk("endpoint"u8);
        writer.Bulk(member.Host);
        if (!isAddress)
        {
            writer.Bulk("hostname"u8);
            writer.Bulk(member.Host);
        }

        writer.Bulk("role"u8);
        writer.Bulk("master"u8);
        writer.Bulk("replication-offset"u8);
        writer.Integer(0);
        writer.Bulk("health"u8);
        writer.Bulk(member.State switch
        {
            MemberState.Down => "fail"u8,
            MemberState.Joining => "loading"u8,
            _ => "online"u8,
        });
    }
}
