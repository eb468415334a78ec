using System.Buffers.Binary;
using Marekvs.Storage.Engine.Execution;

namespace Marekvs.Storage.Engine.Resident;

/// <summary>How the elements of collections larger than memory are divided into runs.</summary>
/// <param name="Tags">Kinds that are asked for ranks: of these, runs are kept from the moment memory no longer holds all
/// elements; of others from the first question on.</param>
/// <param name="Length">How many elements a run is to have.</param>
internal sealed record RunRules(byte[] Tags, int Length)
{
    /// <summary>So that a walk through a run reads a small part of what may be resident as a whole.</summary>
    private const int RunsPerResidentCollection = 8;

    public static RunRules For(KeyTypeCatalog types, int residentElementsMax) => new(
        [.. types.RankedTags], Math.Max(2, residentElementsMax / RunsPerResidentCollection));
}

/// <summary>
/// The runs of a paged collection, by kind. They are in the store too, each a row under
/// <see cref="StorageKeys.RunTag"/> followed by where it begins, so that no rank has to be counted anew after a start;
/// rows and elements are written in one batch and always agree.
/// <code>
/// the row: a plain record without a dot, whose payload is the number of visible elements, u64 little-endian
/// </code>
/// </summary>
internal sealed class CollectionRuns
{
    private ElementRuns[] _kinds = [];
    private StoredRuns _stored;

    private enum StoredRuns
    {
        /// <summary>The store has no rows of runs.</summary>
        None,

        /// <summary>What it has is out of date.</summary>
        Stale,

        /// <summary>It has what was there at the last checkpoint.</summary>
        Current,
    }

    public long Bytes => _kinds.Length == 0 ? 0 : _kinds.Sum(static runs => runs.Bytes);

    /// <summary>The kinds whose runs are known.</summary>
    public IReadOnlyList<ElementRuns> Kinds => _kinds;

    /// <summary>Whether a checkpoint may have something to write.</summary>
    public bool IsInUse => _kinds.Length > 0 || _stored != StoredRuns.None;

    /// <summary>The runs of a kind; one run with all, if nobody has asked before.</summary>
    public ElementRuns Of(byte tag, RunRules rules, long count)
    {
        return Find(tag) ?? Add(ElementRuns.Whole(tag, rules.Length, count));
    }

    /// <summary>Divides a tree that has all elements.</summary>
    public void Divide(ElementTree tree, RunRules rules)
    {
        foreach (byte tag in rules.Tags)
        {
            ElementTree.Position first = tree.Seek([tag]);
            if (first.IsValid && first.Suffix[0] == tag)
            {
                Add(ElementRuns.Of(tree, tag, rules.Length));
            }
        }
    }

    /// <summary>Takes in the rows of the store.</summary>
    /// <param name="rows">All rows of runs, in order.</param>
    /// <param name="rules">How long runs are.</param>
    public void Load(StoredElement[] rows, RunRules rules)
    {
        foreach ((byte[] suffix, RecordState state) in rows)
        {
            byte[] low = suffix[1..];
            ElementRuns runs = Find(low[0]) ?? Add(new ElementRuns(low[0], rules.Length));
            runs.Append(low, (long)BinaryPrimitives.ReadUInt64LittleEndian(state.Visible), isChanged: false);
        }

        _stored = rows.Length > 0 ? StoredRuns.Current : StoredRuns.None;
    }

    /// <summary>The store has rows of runs that were not taken in.</summary>
    public void Ignore() => _stored = StoredRuns.Stale;

    /// <summary>An element became visible or invisible.</summary>
    public void Shift(byte[] suffix, int change)
    {
        if (_kinds.Length > 0)
        {
            Find(suffix[0])?.Shift(suffix, change);
        }
    }

    /// <summary>Hands over what a checkpoint has to write.</summary>
    /// <param name="isPurged">The store's rows of the key go first anyway.</param>
    /// <param name="removeAll">Removes all rows of runs.</param>
    /// <param name="put">Writes the row of a suffix, or removes it when it is empty.</param>
    public void Take(bool isPurged, Action removeAll, Action<byte[], RecordState> put)
    {
        if (isPurged)
        {
            _stored = StoredRuns.None;
        }

        bool isWhole = _stored != StoredRuns.Current;
        if (_stored == StoredRuns.Stale || (_stored == StoredRuns.Current && _kinds.Length == 0))
        {
            removeAll();
        }

        foreach (ElementRuns runs in _kinds)
        {
            runs.TakeChanges(isWhole, (low, count) => put([StorageKeys.RunTag, .. low], Row(count)));
        }

        _stored = _kinds.Length > 0 ? StoredRuns.Current : StoredRuns.None;
    }

    private ElementRuns? Find(byte tag)
    {
        foreach (ElementRuns runs in _kinds)
        {
            if (runs.Tag == tag)
            {
                return runs;
            }
        }

        return null;
    }

    private ElementRuns Add(ElementRuns runs)
    {
        _kinds = [.. _kinds, runs];
        return runs;
    }

    private static RecordState Row(long? count)
    {
        if (count is not { } elements)
        {
            return default;
        }

        byte[] payload = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(payload, (ulong)elements);
        return new RecordState { Payload = payload, Length = payload.Length };
    }
}
