using System.Net;
using System.Net.Sockets;
using Marekvs.Cluster.Gossip;
using Marekvs.Cluster.Gossip.Transport;
using Microsoft.Extensions.Time.Testing;

namespace Marekvs.Cluster.Tests.Transport;

[TestClass]
public sealed class PeerResolverTests
{
    private readonly FakeTimeProvider _time = new();

    [TestMethod]
    public async Task Names_BeyondTheBound_WaitUntilOthersAreNotAskedForAnyMore()
    {
        var resolver = new PeerResolver(AddressFamily.InterNetwork, _time, namesMax: 2);
        await ResolveAsync(resolver, 1);
        await ResolveAsync(resolver, 2);
        Assert.IsFalse(resolver.TryResolve(new PeerAddress("localhost", 3), out _));
        await ResolveAsync(resolver, 1);

        _time.Advance(TimeSpan.FromSeconds(6));
        await ResolveAsync(resolver, 3);
    }

    [TestMethod]
    public void Places_AreCalledByTheNameTheyWereFoundUnder()
    {
        var resolver = new PeerResolver(AddressFamily.InterNetwork, _time, namesMax: 2);
        var place = new IPEndPoint(IPAddress.Loopback, 7);
        Assert.AreEqual(new PeerAddress("127.0.0.1", 7), resolver.NameOf(place));
        Assert.IsTrue(resolver.TryResolve(new PeerAddress("127.0.0.1", 7), out IPEndPoint[] places));
        CollectionAssert.AreEqual((IPEndPoint[])[place], places);
    }

    private static async Task ResolveAsync(PeerResolver resolver, ushort port)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!resolver.TryResolve(new PeerAddress("localhost", port), out _))
        {
            await ticks.WaitForNextTickAsync(patience.Token);
        }
    }
}
