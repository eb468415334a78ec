using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.AntiEntropy;
using Marekvs.Cluster.Gossip.Ownership;
using Marekvs.Cluster.Gossip.Replication;
using Marekvs.Cluster.Tests.Hostile;

namespace Marekvs.Cluster.Tests.Replication;

/// <summary>How often nodes talk while one of them writes.</summary>
[TestClass]
public sealed class StreamPaceTests : IAsyncDisposable
{
    private static readonly ReplicationOptions Options = new();

    private readonly Node _writer = new(1);
    private readonly Node _reader = new(2);
    private readonly StreamSender _sender;
    private readonly StreamReceiver _receiver;
    private long _now = 10_000;

    public StreamPaceTests()
    {
        _sender = new StreamSender(_writer.Replica, Options);
        _receiver = new StreamReceiver(1, _reader.Replica, new WantedPartitions(), Options);
        _receiver.Start(_now);
        var resume = new RecordReader(_receiver.Next(_now).AsSpan(1));
        var begin = new RecordReader(_sender.Resume(ResumeMessage.Read(ref resume), _now).AsSpan(1));
        _receiver.Begin(BeginMessage.Read(ref begin), _now);
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _reader.DisposeAsync();
    }

    [TestMethod]
    public void WhatIsWrittenInQuickSuccession_GoesOutTogether()
    {
        _writer.Site.Run("SET a 1");
        Assert.IsNotNull(_sender.Next(_now));
        _writer.Site.Run("SET b 1");
        _writer.Site.Run("SET c 1");
        Assert.IsNull(_sender.Next(_now));
        _now += Options.PaceMilliseconds;
        Assert.IsNotNull(_sender.Next(_now));
        Assert.IsNull(_sender.Next(_now));
    }

    [TestMethod]
    public void WhoeverWaits_HurriesTheNextMessage()
    {
        _writer.Site.Run("SET a 1");
        Assert.IsNotNull(_sender.Next(_now));
        _sender.Ask();
        Assert.IsNotNull(_sender.Next(_now), "though nothing was written since");
    }

    [TestMethod]
    public void ManyBatches_AreAcknowledgedOnce()
    {
        Assert.IsTrue(Exchange("SET a 1"), "the first is at once");
        int acknowledged = 0;
        for (int i = 1; i <= 40; i++)
        {
            _now++;
            acknowledged += Exchange($"SET a {i}") ? 1 : 0;
        }

        Assert.IsInRange(3, 5, acknowledged);
        _now += Options.AcknowledgeMilliseconds;
        Acknowledge();
        Assert.AreEqual(0, _sender.Lag, "the last is not forgotten");
    }

    [TestMethod]
    public void AwaitedBatch_IsAcknowledgedAtOnce()
    {
        Exchange("SET a 1");
        Assert.IsFalse(Exchange("SET a 2"));
        _sender.Ask();
        Assert.IsTrue(Exchange("SET a 3"));
        Assert.AreEqual(0, _sender.Lag);
    }

    [TestMethod]
    public void Suspects_AreWorthALookOnceTheyStandStill_OrHaveTheirTurn()
    {
        IPartitionStore partitions = _writer.Replica.Partitions;
        ushort partition = Abstractions.Records.KeyAddress.PartitionOf("a"u8);
        var suspects = new Suspects(partitions, Options);
        suspects.BeginRound(isBehind: false);
        _writer.Site.Run("SET a 1");
        suspects.Add(partition, partitions.VersionOf(partition));
        Assert.IsTrue(suspects.IsWorthALook(partition));
        _writer.Site.Run("SET a 2");
        Assert.IsFalse(suspects.IsWorthALook(partition), "it is on its way");
        suspects.BeginRound(isBehind: true);
        Assert.IsTrue(suspects.IsWorthALook(partition));

        int turns = 0;
        int rounds = Abstractions.Limits.Partitions / Options.RestlessPartitions;
        for (int i = 0; i < rounds; i++)
        {
            suspects.BeginRound(isBehind: false);
            turns += suspects.IsWorthALook(partition) ? 1 : 0;
        }

        Assert.AreEqual(1, turns);
    }

    /// <summary>The writer writes, and both say what they have to say.</summary>
    /// <returns>Whether the reader acknowledged.</returns>
    private bool Exchange(string command)
    {
        _writer.Site.Run(command);
        while (_sender.Next(_now) is { } message)
        {
            var reader = new RecordReader(message.AsSpan(1));
            ReadOnlySpan<byte> entries = BatchMessage.Read(
                ref reader, out Origin origin, out uint version, out JournalRange range, out bool isAwaited);
            _receiver.Take(origin, version, range, isAwaited, entries, _now);
        }

        return Acknowledge();
    }

    private bool Acknowledge()
    {
        if (_receiver.Next(_now) is not { } message)
        {
            return false;
        }

        var reader = new RecordReader(message);
        Assert.AreEqual((byte)MessageKind.Acknowledge, reader.ReadByte());
        AcknowledgeMessage acknowledged = AcknowledgeMessage.Read(ref reader);
        _sender.Acknowledge(acknowledged.Cursor, acknowledged.Synced);
        return true;
    }
}
