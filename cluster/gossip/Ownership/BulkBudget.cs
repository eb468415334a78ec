namespace Marekvs.Cluster.Gossip.Ownership;

/// <summary>How much a node sends for repair and bootstrap, whoever asks: so many bytes a second, and what was saved in
/// the last one.</summary>
/// <param name="bytesPerSecond">The rate; 0 for no bound.</param>
internal sealed class BulkBudget(long bytesPerSecond)
{
    private long _bytes;
    private long _at;

    /// <summary>Whether anything may be sent now. A message that begins within the budget is sent whole.</summary>
    public bool HasRoom(long now)
    {
        if (bytesPerSecond == 0)
        {
            return true;
        }

        long passed = Math.Min(1000, now - _at);
        _bytes = Math.Min(bytesPerSecond, _bytes + (bytesPerSecond * passed / 1000));
        _at = now;
        return _bytes > 0;
    }

    public void Spend(long bytes) => _bytes -= bytes;
}
