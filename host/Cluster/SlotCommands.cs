using System.Net;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;
using Marekvs.Host.Builtins;

namespace Marekvs.Host.Cluster;

/// <summary>
/// CLUSTER about where slots are, for clients that go straight to the first owner. The other owners are not shown: there a
/// node is a master or a replica, for all of its slots, and clients would send nothing to one that is a replica of any.
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
            writer.Array(3);
            writer.Integer(range.First);
            writer.Integer(range.Last);
            writer.Array(4);
            writer.Bulk(range.Owner.Host);
            writer.Integer(range.Owner.RespPort);
            writer.Bulk(range.Owner.Id);
            writer.Array(0);
        }

        return Reply.Written;
    }

    /// <summary>A shard is a node with the slots it is the first owner of.</summary>
    public Reply Shards(in CommandCall call)
    {
        RespWriter writer = call.Writer;
        ClusterView view = server.Cluster.View;
        List<ClusterMember> shards = [.. view.Members.Where(m => m.State != MemberState.Left)];
        ILookup<ushort, SlotRange> slots = SlotRanges.ByOwner(view);
        writer.Array(shards.Count);
        foreach (ClusterMember member in shards)
        {
            List<SlotRange> ranges = [.. slots[member.Origin.Node]];
            writer.Map(2);
            writer.Bulk("slots"u8);
            writer.Array(2 * ranges.Count);
            foreach (SlotRange range in ranges)
            {
                writer.Integer(range.First);
                writer.Integer(range.Last);
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
