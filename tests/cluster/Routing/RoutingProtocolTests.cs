using Marekvs.Abstractions.Cluster;
using Marekvs.Cluster.Gossip.Replication;
using Marekvs.Cluster.Gossip.Routing;

namespace Marekvs.Cluster.Tests.Routing;

[TestClass]
public sealed class RoutingProtocolTests
{
    private static readonly RoutedCommand Pop = new([1, 2, 3]) { Partition = 7, ProtocolVersion = 3, After = 100 };

    [TestMethod]
    public void Call_RunsAtTheOwner_AndItsReplyIsGivenOnceItsEffectIsHere()
    {
        Site[] sites = Site.Cluster(1, 2);
        Site.Caller caller = sites[1].Send(1, Pop with { WaitedMilliseconds = 5, LastWrite = 9, LastPartition = 4 });
        Site.Run(1, sites);
        RoutedRun run = sites[0].Started.Single();
        CollectionAssert.AreEqual(Pop.Arguments, run.Command.Arguments);
        Assert.AreEqual(
            (7, 3, false, 5L, 9L, 4),
            (run.Command.Partition!.Value, run.Command.ProtocolVersion, run.Command.IsTransaction,
                run.Command.WaitedMilliseconds, run.Command.LastWrite, run.Command.LastPartition!.Value));

        sites[0].End = 150;
        sites[0].Protocol.Runs.End(run, [42], written: 140);
        Site.Run(2, sites);
        Assert.IsNull(caller.Reply, "what was popped is still here");
        CollectionAssert.AreEqual(new ushort[] { 2 }, sites[0].Hurried);

        sites[1].TakeIn(sites[0], 150);
        Site.Run(3, sites);
        Assert.AreEqual((RoutedEnd.Answered, 140L), (caller.Reply!.Value.End, caller.Reply.Value.JournalPosition));
        CollectionAssert.AreEqual(new byte[] { 42 }, caller.Reply.Value.Bytes);
    }

    [TestMethod]
    public void Reply_WhoseEffectDoesNotComeInTime_IsGivenAllTheSame()
    {
        Site[] sites = Site.Cluster(1, 2);
        Site.Caller caller = sites[1].Send(1, Pop);
        Site.Run(1, sites);
        sites[0].End = 150;
        sites[0].Protocol.Runs.End(sites[0].Started.Single(), [42], written: 140);
        Site.Run(2, sites);
        Site.Run(1001, sites);
        Assert.IsNull(caller.Reply);
        Site.Run(1002, sites);
        Assert.AreEqual(RoutedEnd.Answered, caller.Reply!.Value.End);
        Assert.AreEqual(1, sites[1].Protocol.Calls.Early);
    }

    [TestMethod]
    public void Run_WaitsForTheClientsOwnWrites()
    {
        Site[] sites = Site.Cluster(1, 2);
        sites[1].Send(1, Pop with { After = 120 });
        Site.Run(1, sites);
        Assert.IsEmpty(sites[0].Started);
        sites[0].TakeIn(sites[1], 120);
        Site.Run(2, sites);
        Assert.HasCount(1, sites[0].Started);

        sites[1].Send(1, Pop with { After = 130 }, now: 2);
        Site.Run(2, sites);
        Site.Run(1001, sites);
        Assert.HasCount(1, sites[0].Started);
        Site.Run(1002, sites);
        Assert.HasCount(2, sites[0].Started, "not for ever");
    }

    [TestMethod]
    public void Request_ThatComesTwice_RunsOnce()
    {
        Site[] sites = Site.Cluster(1, 2);
        sites[1].Send(1, Pop);
        sites[1].Conversations.Tick(1);
        Outgoing request = sites[1].Outbox.Dequeue();
        for (int i = 0; i < 3; i++)
        {
            Assert.IsNull(sites[0].Conversations.Receive(2, request.Bytes, 1));
        }

        Assert.HasCount(1, sites[0].Started);
        sites[0].Protocol.Runs.End(sites[0].Started[0], [1], 0);
        Assert.IsNull(sites[0].Conversations.Receive(2, request.Bytes, 1));
        Assert.HasCount(1, sites[0].Started);
    }

    [TestMethod]
    public void Node_ThatIsNotTheSoftOwner_Refuses()
    {
        Site[] sites = Site.Cluster(1, 2, 3);
        Site.Caller caller = sites[2].Send(2, Pop);
        Site.Run(1, sites);
        Assert.AreEqual(RoutedEnd.NotRun, caller.Reply!.Value.End);
        Assert.IsEmpty(sites[1].Started);

        // The first one is gone for the second: now that is the soft owner.
        sites[1].Conversations.Disconnect(1);
        Assert.AreEqual(2, sites[1].Protocol.Owners.Of(7));
        caller = sites[2].Send(2, Pop);
        Site.Run(2, sites);
        Assert.IsNull(caller.Reply);
        Assert.HasCount(1, sites[1].Started);
    }

    [TestMethod]
    public void LostConnection_TellsApart_WhatCannotHaveRunAndWhatMay()
    {
        Site[] sites = Site.Cluster(1, 2);
        Site.Caller waiting = sites[1].Send(1, Pop);
        Site.Caller running = sites[1].Send(1, Pop);
        Site.Caller answered = sites[1].Send(1, Pop);
        Site.Run(1, sites);
        sites[0].Protocol.Runs.Waits(sites[0].Started[0]);
        sites[0].End = 150;
        sites[0].Protocol.Runs.End(sites[0].Started[2], [3], 0);
        Site.Run(2, sites);

        sites[1].Conversations.Disconnect(1);
        Assert.AreEqual(RoutedEnd.NotRun, waiting.Reply!.Value.End);
        Assert.AreEqual(RoutedEnd.InDoubt, running.Reply!.Value.End);
        Assert.AreEqual(RoutedEnd.Answered, answered.Reply!.Value.End);
        Assert.AreEqual(RoutedEnd.NotRun, sites[1].Send(1, Pop).Reply!.Value.End, "nothing was sent");

        // At the other end nobody takes the replies any more.
        sites[0].Conversations.Disconnect(2);
        CollectionAssert.AreEquivalent(
            sites[0].Started.Take(2).ToArray(), sites[0].Stopped.Select(stopped => stopped.Run).ToArray());
        sites[0].Protocol.Runs.End(sites[0].Started[1], [2], 0);
        sites[0].Conversations.Tick(3);
        Assert.IsEmpty(sites[0].Outbox);
    }

    [TestMethod]
    public void Silence_OfAConnectedNode_LeavesACallInDoubt_ButNotOneThatWaits()
    {
        Site[] sites = Site.Cluster(1, 2);
        Site.Caller running = sites[1].Send(1, Pop);
        Site.Caller waiting = sites[1].Send(1, Pop);
        Site.Run(1, sites);
        sites[0].Protocol.Runs.Waits(sites[0].Started[1]);
        Site.Run(2, sites);
        Site.Run(20_000, sites);
        Assert.AreEqual(RoutedEnd.InDoubt, running.Reply!.Value.End);
        Assert.IsNull(waiting.Reply);
        Assert.AreEqual((sites[0].Started[0], CallStop.Abandon), sites[0].Stopped.Single());

        // An answer after all is nobody's.
        sites[0].Protocol.Runs.End(sites[0].Started[0], [1], 0);
        Site.Run(20_001, sites);
    }

    [TestMethod]
    public void Stop_ReachesTheCall_AlsoBeforeItStarted()
    {
        Site[] sites = Site.Cluster(1, 2);
        Site.Caller started = sites[1].Send(1, Pop);
        Site.Caller behind = sites[1].Send(1, Pop with { After = 120 });
        Site.Caller abandoned = sites[1].Send(1, Pop with { After = 120 });
        Site.Run(1, sites);
        sites[1].Protocol.Calls.Stop(started.Id, CallStop.TimeOut);
        sites[1].Protocol.Calls.Stop(behind.Id, CallStop.Unblock);
        sites[1].Protocol.Calls.Stop(abandoned.Id, CallStop.Abandon);
        Site.Run(2, sites);
        Assert.AreEqual((sites[0].Started.Single(), CallStop.TimeOut), sites[0].Stopped.Single());
        sites[0].TakeIn(sites[1], 120);
        Site.Run(3, sites);
        Assert.HasCount(2, sites[0].Started);
        Assert.AreEqual((sites[0].Started[1], CallStop.Unblock), sites[0].Stopped[1]);
        Assert.AreEqual(2, sites[1].Protocol.Calls.Count, "nobody waits for what is abandoned");
    }

    [TestMethod]
    public void WaitingCall_WhoseKeysGetAnotherOwner_IsGivenBack()
    {
        Site[] sites = Site.Cluster(1, 2);
        Site.Caller waiting = sites[1].Send(1, Pop);
        Site.Caller running = sites[1].Send(1, Pop);
        Site.Run(1, sites);
        sites[0].Protocol.Runs.Waits(sites[0].Started[0]);
        sites[0].Follow(2, 1);
        Assert.AreEqual((sites[0].Started[0], CallStop.Abandon), sites[0].Stopped.Single(), "what runs goes on");
        sites[0].Protocol.Runs.End(sites[0].Started[0], reply: null, 0);
        Site.Run(2, sites);
        Assert.AreEqual(RoutedEnd.NotRun, waiting.Reply!.Value.End);
        Assert.IsNull(running.Reply);
    }

    [TestMethod]
    public void Node_ThatWasCutOff_IsNoSoftOwnerUntilItIsInStep()
    {
        Site[] sites = Site.Cluster(1, 2, 3);
        foreach (Site site in sites[1..])
        {
            site.Conversations.Disconnect(1);
            sites[0].Conversations.Disconnect(site.Number);
            Assert.AreEqual(2, site.Protocol.Owners.Of(7));
        }

        // Each side has written meanwhile.
        Array.ForEach(sites, site => site.End = 200);
        foreach (Site site in sites[1..])
        {
            site.MeetAgain(sites[0]);
            sites[0].MeetAgain(site);
        }

        Site.Run(1, sites);
        Array.ForEach(sites, site => Assert.AreEqual(2, site.Protocol.Owners.Of(7), $"as {site.Number} sees it"));
        foreach (Site site in sites[1..])
        {
            site.TakeIn(sites[0], 200);
            site.Acknowledged(sites[0], 200);
            sites[0].TakeIn(site, 200);
            sites[0].Acknowledged(site, 200);
        }

        Site.Run(2, sites);
        Array.ForEach(sites, site => Assert.AreEqual(1, site.Protocol.Owners.Of(7), $"as {site.Number} sees it"));
    }

    [TestMethod]
    public void LongReply_ComesInParts_AndTheLastByteTells()
    {
        Site[] sites = Site.Cluster(1, 2);
        Site.Caller caller = sites[1].Send(1, Pop);
        Site.Run(1, sites);
        byte[] reply = new byte[(3 * 512 * 1024) + 17];
        new Random(1).NextBytes(reply);
        sites[0].Protocol.Runs.End(sites[0].Started.Single(), reply, 0);
        Assert.AreEqual(1, sites[0].Protocol.Runs.Count);
        Site.Run(2, sites);
        CollectionAssert.AreEqual(reply, caller.Reply!.Value.Bytes);
        Assert.AreEqual(0, sites[0].Protocol.Runs.Count);
    }

    [TestMethod]
    public void Bounds_AreKept()
    {
        Site owner = new(1, new RoutingOptions { RunsMax = 2 });
        Site entry = new(2, new RoutingOptions { RequestBytesMax = 10 });
        owner.Follow(1, 2);
        entry.Follow(1, 2);
        owner.Meet(entry);
        entry.Meet(owner);
        Assert.AreEqual(RoutedEnd.NotRun, entry.Send(1, Pop with { Arguments = new byte[11] }).Reply!.Value.End);
        Site.Caller[] callers = [entry.Send(1, Pop), entry.Send(1, Pop), entry.Send(1, Pop)];
        Site.Run(1, owner, entry);
        Assert.HasCount(2, owner.Started);
        Assert.AreEqual(RoutedEnd.NotRun, callers[2].Reply!.Value.End);
        Assert.AreEqual(1, owner.Protocol.Runs.Refused);
    }

    [TestMethod]
    public void Nonsense_IsRefused_WhateverItIs()
    {
        Site[] sites = Site.Cluster(1, 2);
        sites[1].Send(1, Pop);
        sites[1].Conversations.Tick(1);
        byte[] request = sites[1].Outbox.Dequeue().Bytes;
        var random = new Random(7);
        byte[][] kinds =
        [
            request, SignalMessage.Waits(1), SignalMessage.Stop(1, CallStop.Abandon),
            new ReplyMessage(1, true, 5, 6, 2).Write([1]), PartMessage.Write(MessageKind.RoutedPart, 1, 1, [2]),
            PartMessage.Write(MessageKind.RoutedMore, 1, 0, []),
        ];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] message = [.. kinds[random.Next(kinds.Length)]];
            int flips = random.Next(4);
            for (int j = 0; j < flips; j++)
            {
                message[1 + random.Next(message.Length - 1)] = (byte)random.Next(256);
            }

            sites[random.Next(2)].Conversations.Receive(
                (ushort)random.Next(1, 3), message.AsSpan(0, random.Next(1, message.Length + 1)), i);
        }

        Array.ForEach(sites, site => Assert.IsGreaterThan(0, site.Conversations.Refused));
    }
}
