using Marekvs.Cluster.Gossip.Membership;

namespace Marekvs.Cluster.Tests.Membership;

[TestClass]
public sealed class PhiDetectorTests
{
    private readonly PhiDetector _detector = new(interval: 500, downAfter: 5000);

    [TestMethod]
    public void Silence_AfterRegularHeartbeats_IsTooMuchAtTheTimeSet()
    {
        long now = Beat(0, count: 100, every: 500);

        Assert.IsLessThan(_detector.Threshold, _detector.Phi(now + 4_900));
        Assert.IsGreaterThan(_detector.Threshold, _detector.Phi(now + 5_100));
    }

    [TestMethod]
    public void Silence_AfterRareHeartbeats_IsBorneLongerButNotForEver()
    {
        long now = Beat(0, count: 200, every: 1_000);
        Assert.IsLessThan(_detector.Threshold, _detector.Phi(now + 8_000));
        Assert.IsGreaterThan(_detector.Threshold, _detector.Phi(now + 10_500));

        now = Beat(now, count: 200, every: 60_000);
        Assert.IsGreaterThan(_detector.Threshold, _detector.Phi(now + 15_100));
    }

    [TestMethod]
    public void Silence_AfterHeartbeatsMoreOftenThanAgreed_IsBorneAsLong()
    {
        long now = Beat(0, count: 200, every: 10);
        Assert.IsLessThan(_detector.Threshold, _detector.Phi(now + 4_900));
    }

    [TestMethod]
    public void Silence_Excused_DoesNotCount()
    {
        long now = Beat(0, count: 10, every: 500);
        _detector.Excuse(60_000);
        Assert.IsLessThan(_detector.Threshold, _detector.Phi(now + 64_000));
    }

    private long Beat(long now, int count, long every)
    {
        for (int i = 0; i < count; i++)
        {
            now += every;
            _detector.Heard(now, countsGap: true);
        }

        return now;
    }
}
