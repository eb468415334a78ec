using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine.Journal;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>Refuses bytes from peers that this node could not take in, before anything is changed.</summary>
internal static class RecordCheck
{
    /// <summary>Checks a delta.</summary>
    /// <exception cref="RecordFormatException">It does not decode, or no module knows its kind.</exception>
    public static void Delta(KeyTypeCatalog types, byte tag, ReadOnlySpan<byte> delta)
    {
        if (tag == JournalEntry.ClearTag)
        {
            VersionVector.Read(delta, out int consumed);
            Require(consumed == delta.Length, "bytes follow a clear vector");
            return;
        }

        RecordKind? kind = types.KindOf(tag);
        Require(
            tag == StorageKeys.RegisterTag || (kind is not null && !types.IsDerived(tag)),
            $"no loaded module knows record kind {tag}");
        if (Cell.TryReadSimple(delta, out _, out _, out ReadOnlySpan<byte> payload))
        {
            Payload(kind, payload);
            return;
        }

        foreach (CellDot dot in Cell.Read(delta).Dots)
        {
            Payload(kind, dot.Payload.Span);
        }
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

    public static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new RecordFormatException(otherwise);
        }
    }

    private static void Payload(RecordKind? kind, ReadOnlySpan<byte> payload)
    {
        if (kind?.Merge is { } merge && !payload.IsEmpty)
        {
            // Merging is how a payload is read.
            merge(payload, payload, new RecordWriter(payload.Length));
        }
    }
}
