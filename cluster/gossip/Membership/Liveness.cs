namespace Marekvs.Cluster.Gossip.Membership;

/// <summary>Who is alive, judged by heartbeats that keep growing.</summary>
/// <param name="interval">Between rounds of gossip.</param>
/// <param name="downAfter">Silence after which a node is taken for down.</param>
internal sealed class Liveness(TimeSpan interval, TimeSpan downAfter)
{
    private readonly Dictionary<ushort, Pulse> _pulses = [];

    /// <summary>Whether a node is taken for alive.</summary>
    public bool IsAlive(ushort number) => _pulses.TryGetValue(number, out Pulse? pulse) && pulse.IsAlive;

    /// <summary>When a node was last heard of.</summary>
    public long HeardAt(ushort number) =>
        _pulses.TryGetValue(number, out Pulse? pulse) ? pulse.Detector.HeardAt : 0;

    /// <summary>A node is heard of for the first time. What is said of it may be old: it must show that it lives.
    /// </summary>
    public void Met(ushort number, long now)
    {
        if (!_pulses.ContainsKey(number))
        {
            var detector = new PhiDetector(interval.TotalMilliseconds, downAfter.TotalMilliseconds);
            detector.Heard(now, countsGap: false);
            _pulses[number] = new Pulse(detector);
        }
    }

    /// <summary>A node's heartbeat grew.</summary>
    /// <returns>Whether it is back.</returns>
    public bool Heard(ushort number, long now)
    {
        Met(number, now);
        Pulse pulse = _pulses[number];
        bool isBack = !pulse.IsAlive;
        pulse.Detector.Heard(now, countsGap: !isBack);
        pulse.IsAlive = true;
        return isBack;
    }

    /// <summary>Looks for nodes silent for too long.</summary>
    /// <returns>Those that went down.</returns>
    public List<ushort> Check(long now)
    {
        List<ushort> down = [];
        foreach ((ushort number, Pulse pulse) in _pulses)
        {
            if (pulse.IsAlive && pulse.Detector.Phi(now) > pulse.Detector.Threshold)
            {
                pulse.IsAlive = false;
                down.Add(number);
            }
        }

        return down;
    }

    /// <summary>This node stood still: what it did not hear then says nothing of the others.</summary>
    public void Excuse(long milliseconds)
    {
        foreach (Pulse pulse in _pulses.Values)
        {
            pulse.Detector.Excuse(milliseconds);
        }
    }

    public void Forget(ushort number) => _pulses.Remove(number);

    private sealed class Pulse(PhiDetector detector)
    {
        public PhiDetector Detector { get; } = detector;

        public bool IsAlive { get; set; }
    }
}
