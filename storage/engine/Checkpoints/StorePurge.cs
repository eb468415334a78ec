namespace Marekvs.Storage.Engine.Checkpoints;

/// <summary>Whether everything in the store is to be removed before anything is written: what FLUSHALL leaves to the next
/// checkpoint.</summary>
internal sealed class StorePurge
{
    private const int None = 0;
    private const int Requested = 1;
    private const int Running = 2;

    private int _state;

    /// <summary>Whether the store still has what counts for nothing.</summary>
    public bool IsPending => Volatile.Read(ref _state) != None;

    public void Request() => Interlocked.Exchange(ref _state, Requested);

    /// <summary>Begins the purge that was requested.</summary>
    /// <returns>False when none is.</returns>
    public bool TryBegin() => Interlocked.CompareExchange(ref _state, Running, Requested) == Requested;

    /// <summary>The purge reached the store; one requested meanwhile is still to come.</summary>
    public void Done() => Interlocked.CompareExchange(ref _state, None, Running);

    public void Failed() => Interlocked.CompareExchange(ref _state, Requested, Running);
}
