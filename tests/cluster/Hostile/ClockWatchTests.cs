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
    public void BusyLinks_AreNoWrongClocks()
    {
        Hear(2, 0);
        Hear(3, 0);
        for (int i = 0; i < 10; i++)
        {
            Pass(1000);
            Hear(2, -20_000, wayMilliseconds: 20_000);
            Hear(3, -20_000, wayMilliseconds: 20_000);
            Assert.IsNull(_watch.Refusal);
        }

        _own = Far;
        Pass(1000);
        Hear(2, -20_000, wayMilliseconds: 20_000);
        Hear(3, -20_000, wayMilliseconds: 20_000);
        Pass(8000);
        Assert.IsNotNull(_watch.Refusal, "it is off by more than that");
    }

    [TestMethod]
    public void ClockThatAnswersNothing_IsAnswered_AndDoesNotCount()
    {
        _own = Far;
        Hear(2, 0);
        _watch.Receive(3, Message(Start + _now, echo: 0, held: 0), _now);
        Assert.IsNull(_watch.Refusal);
        var reader = new RecordReader(_outbox.Single().Bytes);
        reader.ReadByte();
        Assert.AreEqual(Start + _now + Far, reader.ReadInt64());
        Assert.AreEqual(Start + _now, reader.ReadInt64());
        Assert.AreEqual(0, reader.ReadInt64());
    }

    [TestMethod]
    [DataRow(long.MinValue, 1, 1)]
    [DataRow(0, 1, 1)]
    [DataRow(-1, 1, 1)]
    [DataRow(long.MaxValue, 1, 1)]
    [DataRow(1, -1, 1)]
    [DataRow(1, 1, long.MaxValue)]
    public void Times_ThatAreNone_AreRefused(long time, long echo, long held) =>
        Assert.ThrowsExactly<RecordFormatException>(() => _watch.Receive(2, Message(time, echo, held), _now));

    [TestMethod]
    public void Clock_IsToldAtOnceAndAgain()
    {
        _watch.Connect(2, _now);
        Assert.AreEqual(1, _outbox.Count);
        Pass(10_000);
        Assert.IsInRange(4, 8, _outbox.Count);
    }

    /// <summary>A peer answers with its clock; what it says may have been under way for long.</summary>
    private void Hear(ushort node, long ahead, long wayMilliseconds = 0) =>
        _watch.Receive(node, Message(Start + _now + ahead, Start + _now + _own - wayMilliseconds, held: 0), _now);

    private static byte[] Message(long time, long echo, long held)
    {
        var message = new RecordWriter();
        message.WriteByte((byte)MessageKind.Clock);
        message.WriteInt64(time);
        message.WriteInt64(echo);
        message.WriteInt64(held);
        return message.Written.ToArray();
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
