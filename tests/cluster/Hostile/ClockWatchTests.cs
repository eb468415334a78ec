using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Tests.Hostile;

/// <summary>Who has the wrong time, and who must not write for it.</summary>
[TestClass]
public sealed class ClockWatchTests
{
    private const long Start = 1_790_000_000_000;
    private const long Far = 60_000;

    private readonly Queue<Outgoing> _outbox = new();
    private readonly ClockWatch _watch;
    private long _now;
    private long _own;

    public ClockWatchTests() => _watch = new ClockWatch(() => Start + _now + _own, _outbox);

    [TestMethod]
    [DataRow(Far, "60 s ahead of")]
    [DataRow(-Far, "60 s behind")]
    public void OneOfThree_WithAnotherTime_IsTheOneThatMustNotWrite(long own, string how)
    {
        _own = own;
        Hear(2, 0);
        Assert.IsNull(_watch.Refusal, "of two nobody knows which is right");
        Hear(3, -100);
        Assert.Contains(how, _watch.Refusal ?? "");
    }

    [TestMethod]
    public void OneOfThree_WithTheTimeOfAnother_Writes()
    {
        Hear(2, 0);
        Hear(3, Far);
        Assert.IsNull(_watch.Refusal);
        CollectionAssert.AreEqual(((ushort, long)[])[(2, 0), (3, Far)], _watch.Skews(_now).ToArray());
    }

    [TestMethod]
    public void ClockThatJumps_IsNoticed_AndForgivenOnceItIsRight()
    {
        Hear(2, 0);
        Hear(3, 0);
        _own = Far;
        Pass(1000);
        Assert.IsNull(_watch.Refusal, "a moment proves nothing");
        Pass(8000);
        Assert.IsNotNull(_watch.Refusal);
        _own = 0;
        Pass(2000);
        Assert.IsNull(_watch.Refusal);
    }

    [TestMethod]
    public void Standstill_IsNoWrongClock()
    {
        Hear(2, 0);
        Hear(3, 0);

        // The process stood still; what waited for it meanwhile is read first.
        _now += 120_000;
        Hear(2, -120_000);
        Hear(3, -120_000);
        Pass(2000);
        Assert.IsNull(_watch.Refusal);
        _watch.Disconnect(2);
        _watch.Disconnect(3);
        Hear(2, 0);
        Hear(3, 0);
        Pass(10_000);
        Assert.IsNull(_watch.Refusal);
    }

    [TestMethod]
    public void PeersThatAreGone_DoNotCount()
    {
        _own = Far;
        Hear(2, 0);
        Hear(3, 0);
        Assert.IsNotNull(_watch.Refusal);
        _watch.Disconnect(2);
        Pass(2000);
        Assert.IsNull(_watch.Refusal);
    }

    [TestMethod]
    [DataRow(long.MinValue)]
    [DataRow(-1)]
    [DataRow(long.MaxValue)]
    public void Times_ThatAreNone_AreRefused(long time)
    {
        var message = new RecordWriter();
        message.WriteByte((byte)MessageKind.Clock);
        message.WriteInt64(time);
        Assert.ThrowsExactly<RecordFormatException>(() => _watch.Receive(2, message.Written, _now));
    }

    [TestMethod]
    public void Clock_IsToldAtOnceAndAgain()
    {
        _watch.Connect(2, _now);
        Assert.AreEqual(1, _outbox.Count);
        Pass(10_000);
        Assert.IsInRange(4, 8, _outbox.Count);
    }

    private void Hear(ushort node, long ahead)
    {
        var message = new RecordWriter();
        message.WriteByte((byte)MessageKind.Clock);
        message.WriteInt64(Start + _now + ahead);
        _watch.Receive(node, message.Written, _now);
    }

    private void Pass(long milliseconds)
    {
        for (long end = _now + milliseconds; _now < end;)
        {
            _now += 500;
            _watch.Tick(_now);
        }
    }
}
