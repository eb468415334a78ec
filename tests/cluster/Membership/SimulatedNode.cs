using System.Buffers.Binary;
using System.Text;
using Marekvs.Abstractions.Cluster;
using Marekvs.Cluster.Gossip;
using Marekvs.Cluster.Gossip.Membership;
using Marekvs.Cluster.Gossip.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace Marekvs.Cluster.Tests.Membership;

/// <summary>One process of a simulated cluster: the real protocol, told of time and datagrams by the simulation.</summary>
internal sealed class SimulatedNode
{
    public SimulatedNode(
        ushort number, PeerAddress address, MembershipOptions options, string secret, string cluster, Random random,
        long now)
    {
        (Number, Address) = (number, address);
        var seal = new DatagramSeal(
            ClusterSecret.Derive(secret, cluster, "gossip"), cluster, () => (ulong)random.NextInt64(1, long.MaxValue));
        Protocol = new MembershipProtocol(options, seal, random, NullLogger.Instance, now);
        Protocol.Publish(MemberKey.Host, Encoding.UTF8.GetBytes(address.Host), now);
        byte[] ports = new byte[8];
        BinaryPrimitives.WriteUInt16LittleEndian(ports, address.Port);
        Protocol.Publish(MemberKey.Ports, ports, now);
        Protocol.Publish(MemberKey.State, [(byte)MemberState.Joining], now);
    }

    public ushort Number { get; }

    public PeerAddress Address { get; }

    public MembershipProtocol Protocol { get; }

    /// <summary>Stands still: neither ticks nor datagrams arrive, as under SIGSTOP.</summary>
    public bool IsStopped { get; set; }

    /// <summary>The state this node sees another in, or null.</summary>
    public MemberState? Sees(ushort number) => Protocol.View.Find(number)?.State;

    /// <summary>Everything of the view that nodes must agree on.</summary>
    public string Describe() => string.Join(' ', Protocol.View.Members.Select(m =>
        $"{m.Origin.Node}:{m.State}@{m.Host}:{m.GossipPort}/{m.Zone}"));
}
