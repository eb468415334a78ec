using System.Globalization;
using System.Text;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;
using Marekvs.Host.Builtins;

namespace Marekvs.Host.Cluster;

/// <summary>CLUSTER about the members and the slots of keys.</summary>
internal sealed class ClusterCommands(ServerContext server)
{
    private const int KeysAtFirst = 16;

    private ClusterView View => server.Cluster.View;

    public Reply MyId(in CommandCall call) => Reply.Bulk(Encoding.ASCII.GetBytes(View.Self.Id));

    /// <summary>Every node is a shard of its own: the slots it is the first owner of.</summary>
    public Reply MyShardId(in CommandCall call) => Reply.Bulk(Encoding.ASCII.GetBytes(View.Self.Id));

    public static Reply KeySlot(in CommandCall call) => Reply.Integer(KeyAddress.SlotOf(call.Args[2]));

    public static Reply CountKeysInSlot(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[2], out long slot))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        if (slot is < 0 or >= Limits.Slots)
        {
            return Reply.Error("ERR Invalid slot"u8);
        }

        long count = 0;
        Walk(call, (ushort)slot, _ => count++);
        return Reply.Integer(count);
    }

    public static Reply GetKeysInSlot(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[2], out long slot) ||
            !RedisNumber.TryParseInt64(call.Args[3], out long most))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        if (slot is < 0 or >= Limits.Slots || most < 0)
        {
            return Reply.Error("ERR Invalid slot or number of keys"u8);
        }

        List<byte[]> names = new(KeysAtFirst);
        Walk(call, (ushort)slot, name =>
        {
            if (names.Count < most)
            {
                names.Add(name);
            }
        });
        call.Writer.Array(names.Count);
        foreach (byte[] name in names)
        {
            call.Writer.Bulk(name);
        }

        return Reply.Written;
    }

    public Reply Info(in CommandCall call)
    {
        ClusterView view = View;
        int served = view.Owners.Width > 0 && server.Cluster.Refusal is null ? Limits.Slots : 0;
        var text = new InfoText();
        text.Add("cluster_state", served > 0 ? "ok" : "fail");
        text.Add("cluster_slots_assigned", view.Owners.Width > 0 ? Limits.Slots : 0);
        text.Add("cluster_slots_ok", served);
        text.Add("cluster_slots_pfail", 0);
        text.Add("cluster_slots_fail", 0);
        text.Add("cluster_known_nodes", view.Members.Count(IsKnown));
        text.Add("cluster_size", view.Members.Count(m => m.State == MemberState.Active));
        text.Add("cluster_current_epoch", view.Number);
        text.Add("cluster_my_epoch", view.Number);
        text.Add("cluster_stats_messages_sent", Figure("gossip_sent_total"));
        text.Add("cluster_stats_messages_received", Figure("gossip_received_total"));
        text.Add("total_cluster_links_buffer_limit_exceeded", 0);
        text.Add("cluster_replicas", view.Replicas);
        text.Add("cluster_effective_replicas_min", ReplicationState.EffectiveReplicasMin(server.Cluster));
        text.Add("cluster_underreplicated_partitions", ReplicationState.UnderreplicatedPartitions(server.Cluster));
        return Verbatim(call, text.ToString());
    }

    public Reply Nodes(in CommandCall call)
    {
        ClusterView view = View;
        ILookup<ushort, SlotRange> slots = SlotRanges.ByOwner(view);
        var text = new StringBuilder();
        foreach (ClusterMember member in view.Members.Where(IsKnown))
        {
            bool isDown = member.State == MemberState.Down;
            text.Append(
                CultureInfo.InvariantCulture,
                $"{member.Id} {member.Host}:{member.RespPort}@{member.MeshPort} ");
            text.Append(member.IsSelf ? "myself,master" : isDown ? "master,fail" : "master");
            text.Append(
                CultureInfo.InvariantCulture,
                $" - 0 {(member.IsSelf ? 0 : member.HeardAt)} {view.Number} {(isDown ? "disconnected" : "connected")}");
            foreach (SlotRange range in slots[member.Origin.Node])
            {
                text.Append(CultureInfo.InvariantCulture, $" {range.First}-{range.Last}");
            }

            text.Append('\n');
        }

        return Verbatim(call, text.ToString());
    }

    public Reply Links(in CommandCall call)
    {
        ClusterView view = View;
        IReadOnlyList<ClusterLink> links = server.Cluster.Links;
        call.Writer.Array(links.Count);
        foreach (ClusterLink link in links)
        {
            call.Writer.Map(6);
            call.Writer.Bulk("direction"u8);
            call.Writer.Bulk(link.IsOutgoing ? "to"u8 : "from"u8);
            call.Writer.Bulk("node"u8);
            call.Writer.Bulk(view.Find(link.Node)?.Id ?? "");
            call.Writer.Bulk("create-time"u8);
            call.Writer.Integer(link.CreatedAt);
            call.Writer.Bulk("events"u8);
            call.Writer.Bulk(link.QueuedBytes > 0 ? "rw"u8 : "r"u8);
            call.Writer.Bulk("send-buffer-allocated"u8);
            call.Writer.Integer(link.QueuedBytes);
            call.Writer.Bulk("send-buffer-used"u8);
            call.Writer.Integer(link.QueuedBytes);
        }

        return Reply.Written;
    }

    /// <summary>No node is a mere replica of another.</summary>
    public Reply Replicas(in CommandCall call)
    {
        if (!IsMember(call.Args[2]))
        {
            return UnknownNode(call);
        }

        call.Writer.Array(0);
        return Reply.Written;
    }

    /// <summary>Every node judges for itself who is down; there are no reports.</summary>
    public Reply CountFailureReports(in CommandCall call) =>
        IsMember(call.Args[2]) ? Reply.Integer(0) : UnknownNode(call);

    /// <summary>What operators do by hand in Redis Cluster happens by itself here.</summary>
    public static Reply Refuse(in CommandCall call) => Reply.Error(
        "ERR nodes find each other by gossip and place slots by themselves; start, drain or stop nodes instead"u8);

    private static Reply UnknownNode(in CommandCall call)
    {
        byte[] error = [.. "ERR Unknown node "u8, .. call.Args[2]];
        return Reply.Error(error);
    }

    private static bool IsKnown(ClusterMember member) => member.State != MemberState.Left;

    private static Reply Verbatim(in CommandCall call, string text)
    {
        call.Writer.Verbatim(Encoding.UTF8.GetBytes(text), "txt"u8);
        return Reply.Written;
    }

    private static void Walk(in CommandCall call, ushort slot, Action<byte[]> visit)
    {
        ulong cursor = 0;
        do
        {
            cursor = call.Keyspace.ScanKeys(cursor, long.MaxValue, (name, _) =>
            {
                if (KeyAddress.SlotOf(name) == slot)
                {
                    visit(name.ToArray());
                }
            });
        }
        while (cursor != 0);
    }

    private bool IsMember(ReadOnlySpan<byte> id)
    {
        string text = Encoding.UTF8.GetString(id);
        return View.Members.Any(m => IsKnown(m) && m.Id == text);
    }

    private long Figure(string name) =>
        (long)(server.Cluster.ReadFigures().FirstOrDefault(f => f.Name == name)?.Value ?? 0);
}
