using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine.Execution;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>
/// What a join with a peer brings about besides the data: derived state, waiting calls, watched keys, copies that clients
/// keep, notifications. The gates of the keys are held, so all of it has one place among the writes of this node.
/// </summary>
internal sealed class RemoteEffects(Keyspace keyspace)
{
    /// <summary>What notifications call a change whose command only the node knows that ran it.</summary>
    public const string ChangedEvent = "replicated";

    private const int KeysKept = 1024;

    private readonly List<byte[]> _names = [];
    private readonly List<(KeyEntry Entry, bool Existed)> _keys = [];
    private Dictionary<KeyEntry, ulong> _changes = [];

    /// <summary>Concludes joins: everything they touched is brought up to date, and who must know is told.</summary>
    public void Conclude(CallEffects effects)
    {
        effects.SumChanges(_changes);
        foreach (KeyEntry entry in effects.Touched)
        {
            Settle(entry);
        }

        keyspace.Sweeper.Watch(effects.Marked);
        Shard? last = null;
        foreach (KeyEntry entry in effects.Touched)
        {
            Shard shard = keyspace.ShardOf(entry.Partition);
            if (!ReferenceEquals(shard, last))
            {
                keyspace.Memory.Keep(shard);
                last = shard;
            }
        }

        effects.Reset();
        Tell();
        Reset();
    }

    private void Settle(KeyEntry entry)
    {
        Shard shard = keyspace.ShardOf(entry.Partition);
        bool existed = entry.IsCounted;
        keyspace.Settle(shard, entry);
        if (shard.Waiters.Count > 0)
        {
            shard.Waiters.Offer(entry.Name, TypeOf(entry));
        }

        if (_changes.GetValueOrDefault(entry) == 0)
        {
            return;
        }

        _names.Add(entry.Name);
        _keys.Add((entry, existed));
        if (shard.Watches.Count > 0)
        {
            shard.Watches.Change(entry.Name);
        }
    }

    private void Tell()
    {
        if (_names.Count > 0 && keyspace.Observer.IsWatching)
        {
            keyspace.Observer.Changed(by: null, _names);
        }

        if (!keyspace.NotifiesRemote)
        {
            return;
        }

        foreach ((KeyEntry entry, bool existed) in _keys)
        {
            KeyType? type = TypeOf(entry);
            if (type is null)
            {
                keyspace.Notify(existed ? KeyspaceEvents.Generic : KeyspaceEvents.None, "del", entry.Name);
                continue;
            }

            keyspace.Notify(existed ? KeyspaceEvents.None : KeyspaceEvents.New, "new", entry.Name);
            keyspace.Notify(type.Events, ChangedEvent, entry.Name);
        }
    }

    private void Reset()
    {
        _names.Clear();
        _keys.Clear();
        if (_changes.Count > KeysKept)
        {
            // Clearing it would cost as much ever after.
            _changes = [];
        }

        _changes.Clear();
    }

    private KeyType? TypeOf(KeyEntry entry) => entry.IsCounted ? keyspace.TypeOf(entry) : null;
}
