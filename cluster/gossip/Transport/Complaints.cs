using Microsoft.Extensions.Logging;

namespace Marekvs.Cluster.Gossip.Transport;

/// <summary>
/// What goes wrong with others is told once in a while for each of them, with how often it did. However many they are
/// and whatever they do, neither the log nor what is remembered here grows fast.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it is told.</param>
internal sealed class Complaints(TimeProvider time, ILogger logger)
{
    private const int SubjectsMax = 256;
    private const string Others = "Many others";

    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(30);

    /// <summary>What did not go wrong for so long has gone well in between.</summary>
    private static readonly TimeSpan Forgiven = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Subject> _subjects = [];
    private readonly Lock _lock = new();

    /// <summary>Something went wrong.</summary>
    /// <param name="about">With whom.</param>
    /// <param name="what">What, and why.</param>
    /// <param name="patience">It is worth telling when it goes on for longer.</param>
    public void Tell(string about, string what, TimeSpan patience = default)
    {
        int count;
        lock (_lock)
        {
            long now = time.GetTimestamp();
            (about, Subject subject) = Find(about, now);
            subject.Count++;
            subject.LastAt = now;
            if (time.GetElapsedTime(subject.Since, now) < patience ||
                (subject.ToldAt is long told && time.GetElapsedTime(told, now) < TellEvery))
            {
                return;
            }

            subject.ToldAt = now;
            (count, subject.Count) = (subject.Count, 0);
        }

        if (count == 1)
        {
            logger.LogWarning("{About}: {What}", about, what);
        }
        else
        {
            logger.LogWarning("{About}: {What} ({Count} times since this was last told)", about, what, count);
        }
    }

    private (string About, Subject Subject) Find(string about, long now)
    {
        if (!_subjects.ContainsKey(about) && _subjects.Count >= SubjectsMax)
        {
            foreach ((string name, Subject old) in _subjects)
            {
                if (time.GetElapsedTime(old.LastAt, now) > TellEvery)
                {
                    _subjects.Remove(name);
                }
            }

            about = _subjects.Count < SubjectsMax ? about : Others;
        }

        if (!_subjects.TryGetValue(about, out Subject? subject))
        {
            _subjects[about] = subject = new Subject { Since = now };
        }
        else if (time.GetElapsedTime(subject.LastAt, now) > Forgiven)
        {
            subject.Since = now;
        }

        return (about, subject);
    }

    private sealed class Subject
    {
        public long Since { get; set; }

        public long LastAt { get; set; }

        public long? ToldAt { get; set; }

        public int Count { get; set; }
    }
}
