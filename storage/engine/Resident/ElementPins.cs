namespace Marekvs.Storage.Engine.Resident;

/// <summary>Elements of one paged collection that stay in memory until the calls that asked for them have run.
/// </summary>
internal sealed class ElementPins
{
    private const int SweepAtLeast = 64;

    private readonly Dictionary<byte[], ElementPin> _pins = new(SuffixComparer.Instance);
    private int _sweepAbove = SweepAtLeast;

    public ElementPin Add(byte[] suffix)
    {
        if (_pins.Count > _sweepAbove)
        {
            Sweep();
        }

        if (!_pins.TryGetValue(suffix, out ElementPin? pin))
        {
            _pins.Add(suffix, pin = new ElementPin());
        }

        pin.Hold();
        return pin;
    }

    public bool Has(byte[] suffix) => _pins.Count > 0 && _pins.TryGetValue(suffix, out ElementPin? pin) && pin.IsHeld;

    private void Sweep()
    {
        foreach ((byte[] suffix, ElementPin pin) in _pins)
        {
            if (!pin.IsHeld)
            {
                _pins.Remove(suffix);
            }
        }

        _sweepAbove = Math.Max(SweepAtLeast, 2 * _pins.Count);
    }
}

/// <summary>How many calls hold one element. They let go outside the gate, so the last one leaves it to a later sweep.
/// </summary>
internal sealed class ElementPin
{
    private int _holders;

    public bool IsHeld => Volatile.Read(ref _holders) > 0;

    public void Hold() => Interlocked.Increment(ref _holders);

    public void Release() => Interlocked.Decrement(ref _holders);
}
