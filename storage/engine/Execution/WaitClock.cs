namespace Marekvs.Storage.Engine.Execution;

/// <summary>Ends the wait of a call when its time is up.</summary>
internal sealed class WaitClock : IDisposable
{
    private readonly CallTicket _ticket;
    private readonly ITimer _timer;

    public WaitClock(CallTicket ticket, TimeProvider time, long milliseconds)
    {
        _ticket = ticket;
        TimeSpan due = TimeSpan.FromMilliseconds(Math.Min(milliseconds, uint.MaxValue - 2));
        _timer = time.CreateTimer(static clock => ((WaitClock)clock!).Ring(), this, due, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether time is up: a call that happened to run then must not wait again.</summary>
    public bool IsTimeUp { get; private set; }

    public void Dispose() => _timer.Dispose();

    private void Ring()
    {
        IsTimeUp = true;
        _ticket.TimeOutNow();
    }
}
