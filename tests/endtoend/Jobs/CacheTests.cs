using Marekvs.EndToEnd.Processes;
using Marekvs.Testing;
using Marekvs.Testing.Processes;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.StackExchangeRedis;

namespace Marekvs.EndToEnd.Jobs;

/// <summary>ASP.NET Core's distributed cache on a node.</summary>
[TestClass]
public sealed class CacheTests
{
    [TestMethod]
    [Timeout(60_000)]
    public async Task DistributedCache_Entries_LiveAsLongAsTheyAreToldTo()
    {
        using var data = new TemporaryDirectory();
        using NodeProcess node = await NodeProcess.StartAsync(new NodeSettings { DataDirectory = data.Path });
        using var cache = new RedisCache(new RedisCacheOptions { Configuration = $"{node.Resp}", InstanceName = "app:" });
        await cache.SetAsync("plain", [1, 2, 3]);
        await cache.SetStringAsync(
            "sliding", "value", new DistributedCacheEntryOptions { SlidingExpiration = TimeSpan.FromMinutes(5) });
        await cache.SetStringAsync(
            "brief", "value", new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = TimeSpan.FromSeconds(1) });

        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, await cache.GetAsync("plain"));
        Assert.AreEqual("value", await cache.GetStringAsync("sliding"));
        await cache.RefreshAsync("sliding");
        await Eventually.HoldsAsync("the brief entry is gone", TimeSpan.FromSeconds(20), () => cache.Get("brief") is null);
        await cache.RemoveAsync("plain");
        Assert.IsNull(await cache.GetAsync("plain"));
        Assert.AreEqual("value", await cache.GetStringAsync("sliding"));
    }
}
