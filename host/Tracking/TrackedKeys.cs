using Marekvs.Abstractions;

namespace Marekvs.Host.Tracking;

/// <summary>Which keys have been read by which connections. Keys with different locks are used at the same time.</summary>
internal sealed class TrackedKeys
{
    private const int Stripes = 32;

    private readonly Stripe[] _stripes = [.. Enumerable.Range(0, Stripes).Select(_ => new Stripe())];
    private readonly Func<long, bool> _isThere;
    private long _keys;
    private long _items;
    private int _next;

    /// <summary>Creates an empty table.</summary>
    /// <param name="isThere">Tells whether a connection is still there.</param>
    public TrackedKeys(Func<long, bool> isThere) => _isThere = isThere;

    /// <summary>Keys.</summary>
    public long Count => Interlocked.Read(ref _keys);

    /// <summary>Keys, each times its readers.</summary>
    public long Items => Interlocked.Read(ref _items);

    /// <summary>Notes that a connection has read a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="reader">The connection.</param>
    public void Add(ReadOnlySpan<byte> key, long reader)
    {
        Stripe stripe = StripeOf(key);
        lock (stripe.Lock)
        {
            if (!stripe.Lookup.TryGetValue(key, out KeyReaders? readers))
            {
                stripe.Keys.Add(key.ToArray(), new KeyReaders(reader));
                Interlocked.Increment(ref _keys);
                Interlocked.Increment(ref _items);
                return;
            }

            int before = readers.Count;
            readers.Add(reader, _isThere);
            Interlocked.Add(ref _items, readers.Count - before);
        }
    }

    /// <summary>Takes a key out.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Who has read it, or null.</returns>
    public KeyReaders? Take(ReadOnlySpan<byte> key)
    {
        Stripe stripe = StripeOf(key);
        lock (stripe.Lock)
        {
            return stripe.Lookup.Remove(key, out _, out KeyReaders? readers) ? Forget(readers) : null;
        }
    }

    /// <summary>Takes some key out.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Who has read it; null when there is none.</returns>
    public KeyReaders? TakeAny(out byte[] key)
    {
        for (int i = 0; i < Stripes; i++)
        {
            Stripe stripe = _stripes[(uint)Interlocked.Increment(ref _next) % Stripes];
            lock (stripe.Lock)
            {
                foreach ((byte[] name, KeyReaders readers) in stripe.Keys)
                {
                    key = name;
                    stripe.Keys.Remove(name);
                    return Forget(readers);
                }
            }
        }

        key = [];
        return null;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        foreach (Stripe stripe in _stripes)
        {
            lock (stripe.Lock)
            {
                foreach (KeyReaders readers in stripe.Keys.Values)
                {
                    Forget(readers);
                }

                stripe.Keys = new(BytesComparer.Instance);
            }
        }
    }

    private KeyReaders Forget(KeyReaders readers)
    {
        Interlocked.Decrement(ref _keys);
        Interlocked.Add(ref _items, -readers.Count);
        return readers;
    }

    private Stripe StripeOf(ReadOnlySpan<byte> key) =>
        _stripes[(uint)BytesComparer.Instance.GetHashCode(key) % Stripes];

    private sealed class Stripe
    {
        public Lock Lock { get; } = new();

        public Dictionary<byte[], KeyReaders> Keys { get; set; } = new(BytesComparer.Instance);

        public Dictionary<byte[], KeyReaders>.AlternateLookup<ReadOnlySpan<byte>> Lookup =>
            Keys.GetAlternateLookup<ReadOnlySpan<byte>>();
    }
}
