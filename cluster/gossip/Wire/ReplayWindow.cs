namespace Marekvs.Cluster.Gossip.Wire;

/// <summary>
/// Remembers which counters of one sender were seen: all up to a point, and which of the last 1,024 before the newest.
/// Datagrams may overtake each other by that much; one seen before, or older than that, is not let in.
/// </summary>
internal sealed class ReplayWindow
{
    private const int Bits = 1024;

    private readonly ulong[] _seen = new ulong[Bits / 64];
    private ulong _newest;

    /// <summary>Takes a counter.</summary>
    /// <param name="counter">From 1.</param>
    /// <returns>False when it was seen before, or is too old to tell.</returns>
    public bool TryTake(ulong counter)
    {
        if (counter == 0 || (counter <= _newest && _newest - counter >= Bits))
        {
            return false;
        }

        if (counter > _newest)
        {
            ForgetBetween(_newest, counter);
            _newest = counter;
        }

        ref ulong word = ref _seen[counter % Bits / 64];
        ulong bit = 1UL << (int)(counter % 64);
        bool isNew = (word & bit) == 0;
        word |= bit;
        return isNew;
    }

    /// <summary>The places of counters now gone belong to newer ones that were not seen yet.</summary>
    private void ForgetBetween(ulong oldest, ulong newest)
    {
        if (newest - oldest >= Bits)
        {
            Array.Clear(_seen);
            return;
        }

        for (ulong counter = oldest + 1; counter <= newest; counter++)
        {
            _seen[counter % Bits / 64] &= ~(1UL << (int)(counter % 64));
        }
    }
}
