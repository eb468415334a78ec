using System.Text;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Sketches;
using static Marekvs.Abstractions.Tests.History.Sites;

namespace Marekvs.Abstractions.Tests.History;

/// <summary>What two sides of a split may do to one key, and what must come of it, however the news travels.</summary>
[TestClass]
public sealed class ScenarioTests
{
    public static IEnumerable<object[]> Deliveries { get; } =
        [[Delivery.Logs], [Delivery.AntiEntropy], [Delivery.Scrambled]];

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void Set_OnBothSides_LaterClockWins(Delivery delivery)
    {
        var sites = new Sites(delivery);
        Put(sites.A, "a");
        sites.B.Time.Advance(TimeSpan.FromSeconds(1));
        Put(sites.B, "b");
        sites.Settle();
        sites.AssertValue("b");
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void Del_BesideSet_SetStaysWhateverTheClock(Delivery delivery)
    {
        var sites = new Sites(delivery);
        Put(sites.A, "v");
        sites.Meet(sites.All);
        sites.A.Time.Advance(TimeSpan.FromSeconds(5));
        Remove(sites.A);
        Put(sites.B, "w");
        sites.Settle();
        sites.AssertValue("w");
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void Expire_BesideSet_NewValueHasNoDeadline(Delivery delivery)
    {
        var sites = new Sites(delivery);
        Put(sites.C, "v");
        sites.Meet(sites.All);
        Put(sites.A, "v2");
        Expire(sites.B, 100);
        sites.Settle();
        sites.AssertValue("v2");
        sites.AssertDeadline(Cell.NoDeadline);
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void Incr_OnAllSidesWithSplits_CountsEveryOne(Delivery delivery)
    {
        var sites = new Sites(delivery);
        var random = new Random(4);
        for (int i = 0; i < 1000; i++)
        {
            Add(sites.A, (Int128)1);
            Add(sites.B, (Int128)1);
            Add(sites.C, (Int128)1);
            if (random.Next(20) == 0)
            {
                int alone = random.Next(3);
                sites.Meet([.. sites.All.Where(site => site.Number != alone)]);
            }
        }

        sites.Settle();
        sites.AssertSum(3000);
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void Del_BesideIncr_UnseenIncrementsStay(Delivery delivery)
    {
        var sites = new Sites(delivery);
        Add(sites.A, (Int128)60);
        Add(sites.B, (Int128)40);
        sites.Meet(sites.All);
        Remove(sites.A);
        Add(sites.B, (Int128)1);
        Add(sites.B, (Int128)1);
        Add(sites.B, (Int128)1);
        sites.Settle();
        sites.AssertSum(3);
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void DelAndIncr_BesideIncr_CountsBoth(Delivery delivery)
    {
        var sites = new Sites(delivery);
        Add(sites.A, (Int128)100);
        sites.Meet(sites.All);
        Remove(sites.A);
        Add(sites.A, (Int128)1);
        Add(sites.B, (Int128)1);
        sites.Settle();
        sites.AssertSum(2);
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void Set_BesideIncr_AddsTheUnseenIncrement(Delivery delivery)
    {
        var sites = new Sites(delivery);
        Add(sites.C, (Int128)5);
        sites.Meet(sites.All);
        Put(sites.A, "10");
        Add(sites.B, (Int128)7);
        sites.Settle();
        sites.AssertValue("10");
        sites.AssertSum(7);
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void IncrByFloat_OnBothSides_IsExactAndTheSameEverywhere(Delivery delivery)
    {
        var sites = new Sites(delivery);
        for (int i = 0; i < 3; i++)
        {
            Add(sites.A, 0.1m);
            Add(sites.B, 0.1m);
        }

        sites.Settle();
        foreach (Replica site in sites.All)
        {
            Assert.AreEqual("0.6", site[0]!.CounterWorth.ToString());
            Assert.AreEqual(
                Convert.ToHexString(sites.A.Encode(sites.A[0]!)), Convert.ToHexString(site.Encode(site[0]!)));
        }
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void SetText_BesideIncr_TextShowsAndTheNextSetResets(Delivery delivery)
    {
        var sites = new Sites(delivery);
        Add(sites.C, (Int128)5);
        sites.Meet(sites.All);
        Put(sites.A, "abc");
        Add(sites.B, (Int128)1);
        sites.Meet(sites.All);
        sites.AssertValue("abc");
        sites.AssertSum(1);
        Put(sites.C, "1");
        sites.Settle();
        sites.AssertValue("1");
        sites.AssertSum(0);
        Assert.IsFalse(sites.A[0]!.HasCounter);
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void Srem_AfterManySadds_OneSideSawOnlyTheFirst_StaysRemoved(Delivery delivery)
    {
        var sites = new Sites(delivery);
        Put(sites.A, "");
        sites.Meet(sites.A, sites.B);
        for (int i = 0; i < 4; i++)
        {
            Put(sites.A, "");
        }

        Remove(sites.A);
        sites.Settle();
        sites.AssertAbsent();
        Assert.IsTrue(sites.All.All(site => site[0] is null), "no marker is left");
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void Srem_BesideSadd_MemberStays(Delivery delivery)
    {
        var sites = new Sites(delivery);
        Put(sites.A, "");
        sites.Meet(sites.All);
        Remove(sites.A);
        Put(sites.B, "");
        sites.Settle();
        sites.AssertValue("");
    }

    [TestMethod]
    public void Toggle_ThousandTimesThenFirstDeltaAgain_StaysAbsentAndSmall()
    {
        var sites = new Sites(Delivery.Logs);
        LogEntry first = Put(sites.A, "");
        int longest = 0;
        for (int i = 0; i < 1000; i++)
        {
            Put(sites.A, "");
            longest = Math.Max(longest, sites.A.Encode(sites.A[0]!).Length);
            Remove(sites.A);
            sites.A.Forget(Stamp.Zero);
        }

        sites.Meet(sites.All);
        foreach (Replica site in sites.All)
        {
            // A stream that starts over repeats what the applied vector already covers.
            Assert.IsTrue(site.Applied.Covers(new Dot(first.Stamp, sites.A.Origin)));
        }

        sites.Settle();
        sites.AssertAbsent();
        Assert.AreEqual(13, longest);
        Assert.IsEmpty(sites.A.Cells);
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void Hdel_OfAFieldThatHadTwoValues_RemovesOnlyTheOneSeen(Delivery delivery)
    {
        var sites = new Sites(delivery);
        Put(sites.A, "1");
        Put(sites.B, "2");
        sites.Meet(sites.B, sites.C);
        Remove(sites.C);
        sites.Settle();
        sites.AssertValue("1");
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void DelOfAHash_BesideHincrbyAndHset_UnseenPartsStay(Delivery delivery)
    {
        var sites = new Sites(delivery);
        Add(sites.A, (Int128)10, key: 0);
        sites.Meet(sites.All);
        Clear(sites.A, 0);
        Add(sites.B, (Int128)4, key: 0);
        Put(sites.B, "1", key: 1);
        sites.Settle();
        sites.AssertSum(4, key: 0);
        sites.AssertValue("1", key: 1);
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void Zadd_GreaterOnBothSides_GreatestScoreShows(Delivery delivery)
    {
        var sites = new Sites(delivery);
        Put(sites.A, "10", state: DotState.LiveGreatest);
        sites.B.Time.Advance(TimeSpan.FromSeconds(1));
        Put(sites.B, "07", state: DotState.LiveGreatest);
        sites.Settle();
        sites.AssertValue("10");
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void Del_BesideExpire_IsAbsent(Delivery delivery)
    {
        var sites = new Sites(delivery);
        Put(sites.C, "v");
        sites.Meet(sites.All);
        Remove(sites.A);
        Expire(sites.B, 60);
        sites.Settle();
        sites.AssertAbsent();
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void Del_BesideExpire_DoesNotExpireTheCounterThatFollows(Delivery delivery)
    {
        var sites = new Sites(delivery);
        Add(sites.C, (Int128)1);
        sites.Meet(sites.All);
        Remove(sites.A);
        Expire(sites.B, 60);
        sites.Meet(sites.All);
        Add(sites.C, (Int128)1);
        sites.Settle();
        sites.AssertSum(1);
        sites.AssertDeadline(Cell.NoDeadline);
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void Expire_OnBothSides_LongestStays(Delivery delivery)
    {
        var sites = new Sites(delivery);
        Put(sites.C, "v");
        sites.Meet(sites.All);
        Expire(sites.A, 10);
        Expire(sites.B, 50);
        sites.Settle();
        sites.AssertDeadline(50);
        Expire(sites.C, 20);
        sites.Settle();
        sites.AssertDeadline(20);
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void Persist_BesideTwoExpires_LeavesNoDeadline(Delivery delivery)
    {
        var sites = new Sites(delivery);
        Put(sites.C, "v");
        sites.Meet(sites.All);
        Expire(sites.A, 10);
        Expire(sites.B, 50);
        Expire(sites.C, Cell.NoDeadline);
        sites.Settle();
        sites.AssertDeadline(Cell.NoDeadline);
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void WriteAfterExpiry_BesidePersist_OnlyTheNewValueIsLeft(Delivery delivery)
    {
        var sites = new Sites(delivery);
        Put(sites.C, "x", deadline: 1000);
        sites.Meet(sites.All);
        Expire(sites.B, Cell.NoDeadline);

        // The first write after the deadline removes what it saw, then writes.
        Remove(sites.A);
        Put(sites.A, "y");
        sites.Settle();
        sites.AssertValue("y");
        sites.AssertDeadline(Cell.NoDeadline);
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void Set_BesideADeadlineThatPasses_Stays(Delivery delivery)
    {
        var sites = new Sites(delivery);
        Put(sites.A, "v", deadline: 1000);
        sites.Meet(sites.All);
        Put(sites.B, "v2");
        sites.Settle();
        sites.AssertValue("v2");
        sites.AssertDeadline(Cell.NoDeadline);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void AbsentSite_ReturnsAfterMarkersAreGone_OnlyItsOwnWritesCount(bool writes)
    {
        var sites = new Sites(Delivery.AntiEntropy);
        Put(sites.A, "m", key: 0);
        sites.Meet(sites.All);
        if (writes)
        {
            Put(sites.C, "n", key: 1);
        }

        Remove(sites.A, key: 0);
        sites.Meet(sites.A, sites.B);
        sites.A.Forget(Stamp.Zero);
        sites.B.Forget(Stamp.Zero);
        Assert.IsNull(sites.A[0]);
        Assert.IsNull(sites.B[0]);
        sites.Settle();
        sites.AssertAbsent(key: 0);
        sites.AssertValue(writes ? "n" : null, key: 1);
    }

    [TestMethod]
    public void CounterReset_WhileItsOriginIsCutOff_KeepsExactlyTheUnseenIncrements()
    {
        var sites = new Sites(Delivery.AntiEntropy);
        Add(sites.C, (Int128)10);
        sites.Meet(sites.All);
        Remove(sites.A);
        sites.Meet(sites.A, sites.B);
        Add(sites.C, (Int128)3);
        foreach (Replica site in new[] { sites.A, sites.B })
        {
            site.Forget(new Stamp(ulong.MaxValue), isActive: origin => origin != sites.C.Origin);
        }

        sites.Settle();
        sites.AssertSum(3);
    }

    [TestMethod]
    public void Snapshot_TakenBeforeARemoval_DeliveredAfterTheMarkerWasForgotten_BringsNothingBack()
    {
        var sites = new Sites(Delivery.Logs);
        Put(sites.A, "m");
        sites.Meet(sites.All);
        Snapshot old = sites.B.TakeSnapshot();
        Remove(sites.A);
        sites.A.Forget(Stamp.Zero);
        Assert.IsNull(sites.A[0]);
        sites.A.ReceiveRow(old, 0);
        Assert.IsFalse(sites.A[0]?.IsVisible ?? false);
        sites.Settle();
        sites.AssertAbsent();
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void SetNx_OnBothSides_EarlierShows(Delivery delivery)
    {
        var sites = new Sites(delivery);
        Put(sites.A, "a", state: DotState.LiveIfFirst);
        sites.B.Time.Advance(TimeSpan.FromSeconds(1));
        Put(sites.B, "b", state: DotState.LiveIfFirst);
        sites.Settle();
        sites.AssertValue("a");
        Put(sites.C, "c");
        sites.Settle();
        sites.AssertValue("c");
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void Pfadd_OnAllSides_UnionShows(Delivery delivery)
    {
        var sites = new Sites(delivery);
        AddToSketch(sites.A, "a", "b");
        AddToSketch(sites.B, "b", "c");
        AddToSketch(sites.C, "c");
        sites.Settle();
        AssertSketch(sites, 3);
        AddToSketch(sites.B, "d");
        AddToSketch(sites.C, "e");
        sites.Settle();
        AssertSketch(sites, 5);
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void DelOfASketch_BesidePfadd_LeavesWhatWasWrittenUnseen(Delivery delivery)
    {
        var sites = new Sites(delivery);
        AddToSketch(sites.A, "x");
        sites.Settle();
        Remove(sites.A);
        AddToSketch(sites.A, "x");
        sites.Settle();
        AssertSketch(sites, 1);
        Remove(sites.A);
        AddToSketch(sites.B, "y");
        sites.Settle();
        AssertSketch(sites, 2);
        Remove(sites.C);
        sites.Settle();
        sites.AssertAbsent();
    }

    [TestMethod]
    [DynamicData(nameof(Deliveries))]
    public void Set_BesidePfadd_NewerShows(Delivery delivery)
    {
        var sites = new Sites(delivery);
        AddToSketch(sites.A, "x");
        sites.B.Time.Advance(TimeSpan.FromSeconds(1));
        Put(sites.B, "text");
        sites.Settle();
        sites.AssertValue("text");
    }

    private static void AddToSketch(Replica site, params string[] elements)
    {
        CellDot visible = default;
        HyperLogLog sketch = site[0]?.TryGetVisible(out visible) == true
            ? HyperLogLog.Open(visible.Payload.Span)!
            : HyperLogLog.Create();
        foreach (string element in elements)
        {
            sketch.Add(Encoding.UTF8.GetBytes(element));
        }

        Put(site, sketch.Bytes.ToArray(), state: DotState.LiveUnion);
    }

    private static void AssertSketch(Sites sites, long count)
    {
        foreach (Replica site in sites.All)
        {
            Assert.IsTrue(site[0]!.TryGetVisible(out CellDot visible));
            Assert.AreEqual(count, HyperLogLog.Open(visible.Payload.Span)!.View.Count(), $"on site {site.Number}");
        }
    }
}
