using Marekvs.Testing;

namespace Marekvs.Storage.Engine.Tests.Replication;

/// <summary>Elements that are removed for good on one node while another still writes them.</summary>
[TestClass]
public sealed class FinalRemovalTests
{
    [TestMethod]
    public async Task Finish_WhileAnotherWrites_WinsEverywhere()
    {
        await using Sites sites = Meeting();
        sites.A.Run("BAG.FINISH bag x");
        sites.B.Run("BAG.PUT bag x 2");
        sites.PullAll();
        ExpectGone(sites);
    }

    [TestMethod]
    public async Task Finish_SeenByAnotherBeforeItWrites_IsOver()
    {
        await using Sites sites = Meeting();
        sites.A.Run("BAG.FINISH bag x");
        sites.PullAll();
        sites.B.Run("BAG.PUT bag x 2");
        sites.PullAll();
        sites.AssertAll("*2\r\n$1\r\nx\r\n$1\r\ny\r\n", "BAG.NAMES bag");
        sites.AssertSame();
    }

    [TestMethod]
    public async Task Finish_JournalsLost_WinsByComparison()
    {
        await using Sites sites = Meeting();
        sites.A.Run("BAG.FINISH bag x");
        sites.B.Run("BAG.PUT bag x 2");
        sites.ExchangeAll();
        sites.ExchangeAll();
        ExpectGone(sites);
    }

    [TestMethod]
    public async Task Finish_KnownEverywhere_LeavesNothing()
    {
        await using Sites sites = Meeting();
        sites.A.Run("BAG.FINISH bag x");
        sites.B.Run("BAG.PUT bag x 2");
        sites.PullAll();
        Assert.IsPositive(sites.A.Keyspace.Sweeper.Count);
        foreach (KeyspaceRunner site in sites.All)
        {
            site.Keyspace.StableThrough = static (_, now) => now;
            await site.Keyspace.TickAsync();
            Assert.AreEqual(0, site.Keyspace.Sweeper.Count);
        }

        ExpectGone(sites);
    }

    [TestMethod]
    public async Task Finish_ThenCrash_StillHides()
    {
        await using Sites sites = Meeting();
        sites.A.Run("BAG.FINISH bag x");
        await sites.A.CrashAsync();
        sites.B.Run("BAG.PUT bag x 2");
        Sites.Pull(sites.A, sites.B);
        Assert.AreEqual("*1\r\n$1\r\ny\r\n", sites.A.Run("BAG.NAMES bag"));
    }

    private static Sites Meeting()
    {
        var sites = new Sites(3);
        sites.A.Run("BAG.PUT bag x 1");
        sites.A.Run("BAG.PUT bag y 1");
        sites.PullAll();
        return sites;
    }

    private static void ExpectGone(Sites sites)
    {
        sites.AssertAll("*1\r\n$1\r\ny\r\n", "BAG.NAMES bag");
        sites.AssertAll(":1\r\n", "BAG.COUNT bag");
        sites.AssertSame();
    }
}
