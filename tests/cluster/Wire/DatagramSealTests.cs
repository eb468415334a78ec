using Marekvs.Cluster.Gossip;
using Marekvs.Cluster.Gossip.Wire;

namespace Marekvs.Cluster.Tests.Wire;

[TestClass]
public sealed class DatagramSealTests
{
    private static readonly PeerAddress A = new("10.0.0.1", 1);
    private static readonly PeerAddress B = new("10.0.0.2", 2);

    [TestMethod]
    public void Seal_WithoutSecret_IsFrozen()
    {
        byte[] datagram = Make("").Seal(GossipKind.Ack, B, [1, 2, 3]);

        Assert.AreEqual("4D010340FC7D8D010000000000000000000000000000000100000000000000010203", Convert.ToHexString(datagram));
    }

    [TestMethod]
    public void Seal_WithSecret_IsFrozen()
    {
        byte[] datagram = Make("hush").Seal(GossipKind.Ack, B, [1, 2, 3]);

        Assert.AreEqual("4D018340FC7D8D010000000000000000000000000000000100000000000000010203" + "5017F4D4785B026CDA592F5E160BDDBE", Convert.ToHexString(datagram));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("hush")]
    public void Open_FirstUnboundThenBound_OnceEach(string secret)
    {
        DatagramSeal a = Make(secret, session: 10);
        DatagramSeal b = Make(secret, session: 20);

        Assert.AreEqual(DatagramRefusal.None, b.Open(A, a.Seal(GossipKind.Syn, B, [7]), out Letter hello));
        Assert.IsFalse(hello.IsBound);
        byte[] answer = b.Seal(GossipKind.Bind, A, []);
        Assert.AreEqual(DatagramRefusal.None, a.Open(B, answer, out Letter bind));
        Assert.IsTrue(bind.IsBound);
        byte[] bound = a.Seal(GossipKind.Syn, B, [8]);
        Assert.AreEqual(DatagramRefusal.None, b.Open(A, bound, out Letter syn));
        Assert.IsTrue(syn.IsBound);
        CollectionAssert.AreEqual(new byte[] { 8 }, syn.Body.ToArray());
        Assert.AreEqual(DatagramRefusal.Replayed, b.Open(A, bound, out _));
        Assert.AreEqual(DatagramRefusal.Replayed, a.Open(B, answer, out _));
    }

    [TestMethod]
    public void Open_AnyBitChanged_IsRefused()
    {
        DatagramSeal a = Make("hush", session: 10);
        DatagramSeal b = Make("hush", session: 20);
        byte[] datagram = a.Seal(GossipKind.Syn, B, [1, 2, 3]);
        for (int bit = 0; bit < datagram.Length * 8; bit++)
        {
            byte[] changed = [.. datagram];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.AreNotEqual(DatagramRefusal.None, b.Open(A, changed, out _), $"bit {bit}");
        }

        for (int length = 0; length < datagram.Length; length++)
        {
            Assert.AreNotEqual(DatagramRefusal.None, b.Open(A, datagram.AsSpan(0, length), out _), $"length {length}");
        }
    }

    [TestMethod]
    public void Open_OwnDatagram_IsKnown()
    {
        DatagramSeal a = Make("hush", session: 10);
        Assert.AreEqual(DatagramRefusal.Own, a.Open(A, a.Seal(GossipKind.Syn, A, []), out _));
    }

    [TestMethod]
    public void Open_MoreSendersThanRemembered_VoidsWhatWasSealedBefore()
    {
        ulong next = 20;
        var b = new DatagramSeal(ClusterSecret.None, "test", () => next++);
        byte[]? first = null;
        for (ulong sender = 1000; sender < 1000 + 4097; sender++)
        {
            DatagramSeal a = Make("", sender);
            Assert.AreEqual(DatagramRefusal.None, b.Open(A, a.Seal(GossipKind.Syn, B, []), out _));
            a.Open(B, b.Seal(GossipKind.Bind, A, []), out _);
            byte[] bound = a.Seal(GossipKind.Syn, B, []);
            Assert.AreEqual(DatagramRefusal.None, b.Open(A, bound, out Letter letter));
            Assert.IsTrue(letter.IsBound);
            first ??= bound;
        }

        // Whatever it is now, it is not believed a second time.
        Assert.IsFalse(b.Open(A, first!, out Letter again) == DatagramRefusal.None && again.IsBound);
    }

    [TestMethod]
    public void Window_CountersInAnyOrder_AreTakenOnce()
    {
        var window = new ReplayWindow();
        var random = new Random(1);
        ulong[] counters = [.. Enumerable.Range(1, 5000).Select(i => (ulong)i)];
        for (int at = 0; at < counters.Length; at += 500)
        {
            random.Shuffle(counters.AsSpan(at, 500));
        }

        Assert.IsTrue(counters.All(window.TryTake));
        Assert.IsFalse(counters.Any(window.TryTake));
        Assert.IsFalse(window.TryTake(0));
        Assert.IsTrue(window.TryTake(1UL << 60));
        Assert.IsFalse(window.TryTake(5001));
        Assert.IsTrue(window.TryTake((1UL << 60) - 1023));
        Assert.IsFalse(window.TryTake((1UL << 60) - 1024));
    }

    private static DatagramSeal Make(string secret, ulong session = 1) =>
        new(ClusterSecret.Derive(secret, "test", "gossip"), "test", () => session);
}
