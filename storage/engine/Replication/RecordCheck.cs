using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine.Journal;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>Refuses bytes from peers that this node could not take in, before anything is changed.</summary>
internal static class RecordCheck
{
    /// <summary>Checks a delta.</summary>
    /// <returns>The newest stamp in it.</returns>
    /// <exception cref="RecordFormatException">It does not decode, no module knows its kind, or it speaks of too many
    /// origins.</exception>
    public static Stamp Delta(Keyspace keyspace, byte tag, ReadOnlySpan<byte> element, ReadOnlySpan<byte> delta)
    {
        if (tag == JournalEntry.ClearTag)
        {
            return Clear(keyspace, delta);
        }

        KeyTypeCatalog types = keyspace.Types;
        RecordKind? kind = types.KindOf(tag);
        Require(
            tag == StorageKeys.RegisterTag || (kind is not null && !types.IsDerived(tag)),
            $"no loaded module knows record kind {tag}");
        if (CellCodec.TryReadSimple(delta, out Dot single, out _, out ReadOnlySpan<byte> payload))
        {
            Payload(kind, element, payload);
            keyspace.Origins.Admit(single.Origin);
            return single.Stamp;
        }

        Cell cell = CellCodec.Read(delta);
        keyspace.Origins.Admit(cell);
        foreach (CellDot dot in cell.Dots)
        {
            if (dot.IsLive)
            {
                Payload(kind, element, dot.Payload.Span);
            }
        }

        return NewestOf(cell);
    }

    /// <summary>Checks a clear vector.</summary>
    /// <returns>The newest stamp in it.</returns>
    /// <exception cref="RecordFormatException">It does not decode, or speaks of too many origins.</exception>
    public static Stamp Clear(Keyspace keyspace, ReadOnlySpan<byte> delta)
    {
        VersionVector vector = VersionVector.Read(delta, out int consumed);
        Require(consumed == delta.Length, "bytes follow a clear vector");
        keyspace.Origins.Admit(vector);
        return vector.Count == 0 ? Stamp.Zero : vector.Entries.Max(entry => entry.Value);
    }

    /// <summary>Checks the vectors of a delete of everything.</summary>
    /// <returns>The newest stamp in them.</returns>
    /// <exception cref="RecordFormatException">They do not decode, or speak of too many origins.</exception>
    public static Stamp ClearEverything(Keyspace keyspace, ReadOnlySpan<byte> delta)
    {
        ClearVector clear = ClearVector.Read(delta);
        keyspace.Origins.Admit(clear.Largest);
        return clear.Newest;
    }

    /// <summary>The newest stamp a record mentions.</summary>
    public static Stamp NewestOf(Cell cell)
    {
        Stamp newest = cell.Version;
        foreach (CellDot dot in cell.Dots)
        {
            newest = Stamp.Max(newest, dot.Stamp);
        }

        foreach (CellDeadline entry in cell.Deadlines)
        {
            newest = Stamp.Max(newest, entry.Stamp);
        }

        foreach (CounterSlot slot in cell.Slots)
        {
            newest = Stamp.Max(newest, slot.Updated);
        }

        return newest;
    }

    /// <summary>Checks the suffix of a record of a key.</summary>
    public static void Suffix(KeyTypeCatalog types, ReadOnlySpan<byte> suffix, RecordWriter scratch)
    {
        Require(!suffix.IsEmpty, "a record has no kind");
        if (suffix[0] == StorageKeys.RegisterTag || suffix[0] == types.Single?.Kind.Tag)
        {
            Require(suffix.Length == 1, "a single record has a name");
            return;
        }

        RecordKind? kind = types.KindOf(suffix[0]);
        Require(kind is not null && !types.IsDerived(suffix[0]), $"no loaded module knows record kind {suffix[0]}");
        Require(suffix.Length >= ElementSuffix.LeastLength(kind!), "an element's place is cut short");
        ElementSuffix.Write(scratch, kind!, ElementSuffix.NameIn(kind, suffix));
        Require(scratch.Written.SequenceEqual(suffix), "an element lies in a place that is not its own");
    }

    /// <summary>The name of the element a checked suffix is about.</summary>
    public static ReadOnlySpan<byte> NameIn(KeyTypeCatalog types, ReadOnlySpan<byte> suffix) =>
        suffix.Length == 1 ? default : ElementSuffix.NameIn(types.KindOf(suffix[0])!, suffix);

    public static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new RecordFormatException(otherwise);
        }
    }

    private static void Payload(RecordKind? kind, ReadOnlySpan<byte> element, ReadOnlySpan<byte> payload)
    {
        Require(kind?.Test?.Invoke(element, payload) != false, "a record holds what its module could not have written");
        if (kind?.Merge is { } merge && !payload.IsEmpty)
        {
            // Merging is how a payload is read.
            merge(payload, payload, new RecordWriter(payload.Length));
        }
    }
}
