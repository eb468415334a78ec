using Marekvs.Abstractions.Records;

namespace Marekvs.Storage.Engine.Resident;

/// <summary>The keys of one shard that clients watch (WATCH).</summary>
internal sealed class KeyWatches
{
    private readonly Dictionary<byte[], List<KeyWatch>> _byName = new(SuffixComparer.Instance);

    public int Count => _byName.Count;

    public bool Has(byte[] name) => _byName.ContainsKey(name);

    public void Add(KeyWatch watch)
    {
        if (!_byName.TryGetValue(watch.Name, out List<KeyWatch>? watches))
        {
            _byName.Add(watch.Name, watches = []);
        }

        watches.Add(watch);
    }

    public void Remove(KeyWatch watch)
    {
        if (_byName.TryGetValue(watch.Name, out List<KeyWatch>? watches) && watches.Remove(watch) && watches.Count == 0)
        {
            _byName.Remove(watch.Name);
        }
    }

    /// <summary>A key was changed.</summary>
    public void Change(byte[] name)
    {
        if (_byName.TryGetValue(name, out List<KeyWatch>? watches))
        {
            watches.ForEach(watch => watch.Change());
        }
    }

    /// <summary>A key went because its time was up. Who began to watch when it already was sees no change.</summary>
    public void Expire(byte[] name)
    {
        if (_byName.TryGetValue(name, out List<KeyWatch>? watches))
        {
            ChangeExisting(watches);
        }
    }

    /// <summary>Everything was flushed. A key that did not exist, and was not made since, does not change by that.
    /// </summary>
    public void ChangeExisting()
    {
        foreach (List<KeyWatch> watches in _byName.Values)
        {
            ChangeExisting(watches);
        }
    }

    private static void ChangeExisting(List<KeyWatch> watches)
    {
        foreach (KeyWatch watch in watches)
        {
            if (watch.Existed)
            {
                watch.Change();
            }
        }
    }
}
