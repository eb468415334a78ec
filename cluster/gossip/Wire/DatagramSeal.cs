using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Marekvs.Cluster.Gossip.Wire;

/// <summary>
/// The envelope of every datagram: says which cluster it is for, proves the secret, and cannot be used twice.
/// <code>
/// datagram = magic u8 | version u8 | kind u8 | cluster u32 | from u64 | to u64 | counter u64 | body [| tag 16]
/// </code>
/// <c>from</c> and <c>to</c> are sessions: random numbers a process draws at its start. <c>to</c> is 0 until the sender
/// has heard the receiver; such a datagram could have been recorded at any time, so nothing is believed but that
/// somebody asks, and the answer tells the session. What names the right session was made for this very process, and
/// the counter lets it in once. So no clocks have to agree. The top bit of <c>kind</c> says that a tag follows.
/// </summary>
internal sealed class DatagramSeal
{
    /// <summary>Fits into one packet on any usual network, IPv6 headers included.</summary>
    public const int DatagramBytesMax = 1400;

    /// <summary>Bytes before the body.</summary>
    public const int HeaderBytes = 31;

    private const byte Magic = 0x4D;
    private const byte Version = 1;
    private const byte TaggedBit = 0x80;

    /// <summary>Senders whose counters are remembered; peers are fewer by far.</summary>
    private const int SendersMax = 4096;

    private readonly ClusterSecret _secret;
    private readonly uint _cluster;
    private readonly Func<ulong> _random;
    private readonly Dictionary<PeerAddress, ulong> _sessions = [];
    private readonly Dictionary<ulong, ReplayWindow> _windows = [];
    private ulong _own;
    private ulong _counter;

    /// <param name="secret">Proves who belongs to the cluster.</param>
    /// <param name="clusterName">The cluster's name.</param>
    /// <param name="random">Draws sessions that nobody can guess.</param>
    public DatagramSeal(ClusterSecret secret, string clusterName, Func<ulong> random)
    {
        (_secret, _random) = (secret, random);
        _cluster = (uint)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(clusterName));
        BeginSession();
    }

    /// <summary>Bytes a body may have.</summary>
    public int BodyBytesMax => DatagramBytesMax - HeaderBytes - (_secret.IsSet ? ClusterSecret.TagBytes : 0);

    /// <summary>Whether a peer would believe what is sent to it.</summary>
    public bool IsBoundTo(PeerAddress peer) => _sessions.ContainsKey(peer);

    /// <summary>Puts a body into its envelope.</summary>
    public byte[] Seal(GossipKind kind, PeerAddress to, ReadOnlySpan<byte> body)
    {
        Abstractions.Invariant.That(body.Length <= BodyBytesMax, "a datagram fits into a packet");
        byte[] datagram = new byte[HeaderBytes + body.Length + (_secret.IsSet ? ClusterSecret.TagBytes : 0)];
        datagram[0] = Magic;
        datagram[1] = Version;
        datagram[2] = (byte)((byte)kind | (_secret.IsSet ? TaggedBit : 0));
        BinaryPrimitives.WriteUInt32LittleEndian(datagram.AsSpan(3), _cluster);
        BinaryPrimitives.WriteUInt64LittleEndian(datagram.AsSpan(7), _own);
        BinaryPrimitives.WriteUInt64LittleEndian(datagram.AsSpan(15), _sessions.GetValueOrDefault(to));
        BinaryPrimitives.WriteUInt64LittleEndian(datagram.AsSpan(23), ++_counter);
        body.CopyTo(datagram.AsSpan(HeaderBytes));
        if (_secret.IsSet)
        {
            int end = HeaderBytes + body.Length;
            _secret.Sign(datagram.AsSpan(0, end), datagram.AsSpan(end));
        }

        return datagram;
    }

    /// <summary>Takes a body out of its envelope, when everything about it is right.</summary>
    /// <param name="from">Where it came from; its session is remembered.</param>
    /// <param name="datagram">The bytes.</param>
    /// <param name="letter">What it says.</param>
    public DatagramRefusal Open(PeerAddress from, ReadOnlySpan<byte> datagram, out Letter letter)
    {
        letter = default;
        if (datagram.Length < HeaderBytes || datagram[0] != Magic || datagram[1] != Version)
        {
            return DatagramRefusal.Foreign;
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(datagram[3..]) != _cluster)
        {
            return DatagramRefusal.OtherCluster;
        }

        if (!TryUntag(datagram, out ReadOnlySpan<byte> proved))
        {
            return DatagramRefusal.Unproven;
        }

        ulong sender = BinaryPrimitives.ReadUInt64LittleEndian(proved[7..]);
        ulong receiver = BinaryPrimitives.ReadUInt64LittleEndian(proved[15..]);
        if (sender == _own)
        {
            return DatagramRefusal.Own;
        }

        bool isBound = receiver == _own;
        if (isBound && !WindowOf(sender).TryTake(BinaryPrimitives.ReadUInt64LittleEndian(proved[23..])))
        {
            return DatagramRefusal.Replayed;
        }

        // Even an unbound one tells a session to answer to: whatever is sealed for it is of use to its owner alone.
        Remember(from, sender);
        letter = new Letter((GossipKind)(proved[2] & ~TaggedBit), isBound, proved[HeaderBytes..]);
        return DatagramRefusal.None;
    }

    private bool TryUntag(ReadOnlySpan<byte> datagram, out ReadOnlySpan<byte> proved)
    {
        proved = datagram;
        bool isTagged = (datagram[2] & TaggedBit) != 0;
        if (isTagged != _secret.IsSet)
        {
            return false;
        }

        if (!isTagged)
        {
            return true;
        }

        int end = datagram.Length - ClusterSecret.TagBytes;
        if (end < HeaderBytes)
        {
            return false;
        }

        proved = datagram[..end];
        return _secret.IsSigned(proved, datagram[end..]);
    }

    private ReplayWindow WindowOf(ulong sender)
    {
        if (!_windows.TryGetValue(sender, out ReplayWindow? window))
        {
            if (_windows.Count == SendersMax)
            {
                // Forgetting one sender would let its datagrams in again, so all that was sealed for us is void.
                BeginSession();
            }

            _windows[sender] = window = new ReplayWindow();
        }

        return window;
    }

    private void Remember(PeerAddress from, ulong session)
    {
        if (_sessions.Count == SendersMax && !_sessions.ContainsKey(from))
        {
            _sessions.Clear();
        }

        _sessions[from] = session;
    }

    private void BeginSession()
    {
        _own = Math.Max(1, _random());
        _counter = 0;
        _windows.Clear();
    }
}

/// <summary>A datagram that was let in.</summary>
/// <param name="kind">What it says.</param>
/// <param name="isBound">Whether its sender knew this process, so that it is fresh.</param>
/// <param name="body">The rest.</param>
internal readonly ref struct Letter(GossipKind kind, bool isBound, ReadOnlySpan<byte> body)
{
    /// <summary>What it says.</summary>
    public GossipKind Kind { get; } = kind;

    /// <summary>Whether its sender knew this process, so that it is fresh.</summary>
    public bool IsBound { get; } = isBound;

    /// <summary>The rest.</summary>
    public ReadOnlySpan<byte> Body { get; } = body;
}
