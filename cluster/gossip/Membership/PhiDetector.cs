namespace Marekvs.Cluster.Gossip.Membership;

/// <summary>
/// Suspects a node the more, the longer it is silent compared with how often it was heard: phi = -log10 of the chance
/// that a live node stays silent for so long, arrivals taken for a Poisson process. Where the network loses much,
/// arrivals are rarer and patience grows by itself, up to a bound.
/// </summary>
/// <param name="interval">Milliseconds between heartbeats when all is well.</param>
/// <param name="downAfter">Milliseconds of silence that are too much then.</param>
internal sealed class PhiDetector(double interval, double downAfter)
{
    private const int Window = 64;

    /// <summary>Arrivals as expected, taken for granted at the start, so that a few odd ones weigh little.</summary>
    private const int Granted = 8;

    /// <summary>Patience grows to this many times the usual one.</summary>
    private const double PatienceMax = 3;

    private readonly double[] _gaps = new double[Window];
    private double _sum;
    private int _count;
    private long _heardAt;

    /// <summary>When it was last heard.</summary>
    public long HeardAt => _heardAt;

    /// <summary>Phi at which a node is taken for down.</summary>
    public double Threshold => PhiOf(downAfter, interval);

    private double Mean => Math.Clamp(
        (_sum + (Granted * interval)) / (Math.Min(_count, Window) + Granted), interval, PatienceMax * interval);

    /// <summary>The node was heard.</summary>
    /// <param name="now">When.</param>
    /// <param name="countsGap">Whether the silence before tells how often it is heard; not when it was down.</param>
    public void Heard(long now, bool countsGap)
    {
        if (countsGap && now > _heardAt)
        {
            double gap = now - _heardAt;
            int at = _count % Window;
            _sum += gap - (_count >= Window ? _gaps[at] : 0);
            _gaps[at] = gap;
            _count++;
        }

        _heardAt = now;
    }

    /// <summary>This node itself stood still; the silence was its own.</summary>
    /// <param name="milliseconds">For how long.</param>
    public void Excuse(long milliseconds) => _heardAt += milliseconds;

    /// <summary>How suspicious the silence is.</summary>
    /// <param name="now">The time.</param>
    public double Phi(long now) => PhiOf(Math.Max(0, now - _heardAt), Mean);

    private static double PhiOf(double silence, double mean) => silence / (mean * Math.Log(10));
}
