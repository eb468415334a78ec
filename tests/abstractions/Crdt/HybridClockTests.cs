using Marekvs.Abstractions.Crdt;
using Microsoft.Extensions.Time.Testing;

namespace Marekvs.Abstractions.Tests.Crdt;

[TestClass]
public sealed class HybridClockTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddMilliseconds(1000);
    private readonly FakeTimeProvider _time = new(Start);

    [TestMethod]
    public void Tick_WallStandsStill_CountsUp()
    {
        var clock = new HybridClock(_time);
        Assert.AreEqual(Stamp.FromUnixMilliseconds(1000), clock.Tick());
        Assert.AreEqual(new Stamp((1000UL << 16) + 1), clock.Tick());
        Assert.AreEqual(new Stamp((1000UL << 16) + 1), clock.Last);
    }

    [TestMethod]
    public void Tick_WallMovesOn_FollowsIt()
    {
        var clock = new HybridClock(_time);
        clock.Tick();
        _time.Advance(TimeSpan.FromMilliseconds(5));
        Assert.AreEqual(Stamp.FromUnixMilliseconds(1005), clock.Tick());
    }

    [TestMethod]
    public void Tick_WallJumpsBack_StillRises()
    {
        // The fake clock only moves forward, so the past is where it starts.
        var clock = new HybridClock(_time, after: Stamp.FromUnixMilliseconds(5000));
        Stamp first = clock.Tick();
        Assert.AreEqual(new Stamp((5000UL << 16) + 1), first);
        Assert.AreEqual(5000, clock.NowMilliseconds);
        Assert.IsGreaterThan(first.Value, clock.Tick().Value);
    }

    [TestMethod]
    public void Observe_StampFromTheFuture_IsNeverClamped()
    {
        var clock = new HybridClock(_time);
        Stamp future = Stamp.FromUnixMilliseconds(9_000_000_000);
        clock.Observe(future);
        Assert.AreEqual(future.Value + 1, clock.Tick().Value);
        clock.Observe(new Stamp(5));
        Assert.AreEqual(future.Value + 2, clock.Tick().Value);
    }

    [TestMethod]
    public void Tick_MoreThanAMillisecondHolds_RunsIntoTheNext()
    {
        var clock = new HybridClock(_time, after: new Stamp((1000UL << 16) + 0xFFFE));
        Assert.AreEqual(new Stamp((1000UL << 16) + 0xFFFF), clock.Tick());
        Assert.AreEqual(Stamp.FromUnixMilliseconds(1001), clock.Tick());
    }

    [TestMethod]
    public async Task Tick_FromManyThreads_NeverRepeats()
    {
        var clock = new HybridClock(_time);
        Task<Stamp[]>[] threads =
        [
            .. Enumerable.Range(0, 4).Select(_ => Task.Run(
                () => Enumerable.Range(0, 20_000).Select(_ => clock.Tick()).ToArray())),
        ];
        Stamp[][] stamps = await Task.WhenAll(threads).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.AreEqual(80_000, stamps.SelectMany(s => s).Distinct().Count());
        foreach (Stamp[] own in stamps)
        {
            CollectionAssert.AreEqual(own.Order().ToArray(), own);
        }
    }
}
