using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Rdb;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Hashes;

/// <summary>
/// A hash is one record for each field.
/// <code>
/// tag 'h', suffix field: a dotted cell
///   dot payload    the bytes as HSET wrote them; of a counter, the base number in the client's own spelling
///   counter slots  what HINCRBY and HINCRBYFLOAT added on each origin; they never rewrite the payload
///   deadlines      the field's time to live; a write of the value that does not keep it takes it away
/// visible = as of a string: payload, payload + slots, or slots
/// </code>
/// </summary>
internal static class HashRecord
{
    internal static readonly RecordKind Kind = new((byte)'h', "hash field") { Order = ElementOrder.ByHash };

    internal static readonly KeyType Type = new("hash", order: 2, isSingle: false, EncodingOf, Kind)
    {
        Events = KeyspaceEvents.Hash,
        ElementsExpired = (KeyspaceEvents.Hash, "hexpired"),
        Fields = Kind,
        Rdb = new RdbForm(
            HashDump.Write,
            HashDump.Read,
            RdbValueType.Hash,
            RdbValueType.HashZipmap,
            RdbValueType.HashZiplist,
            RdbValueType.HashListpack,
            RdbValueType.HashMetadata,
            RdbValueType.HashListpackMetadata),
    };

    /// <summary>Tells that fields were taken out of a hash, and that the hash is gone if they were the last.</summary>
    internal static void NotifyTaken(in CommandCall call, Key key)
    {
        call.Keyspace.Notify(KeyspaceEvents.Hash, "hdel", key.Name);
        NotifyIfGone(call, key);
    }

    /// <summary>Tells that a hash is gone, if it is.</summary>
    internal static void NotifyIfGone(in CommandCall call, Key key)
    {
        if (!key.Exists)
        {
            call.Keyspace.Notify(KeyspaceEvents.Generic, "del", key.Name);
        }
    }

    private static string EncodingOf(Key key)
    {
        // Many fields need not be looked at, and may be more than memory holds.
        if (key.Count(Type) > HashShape.PackedFieldsMax)
        {
            return "hashtable";
        }

        HashShape shape = HashShape.Of(key);
        return !shape.IsPacked ? "hashtable" : shape.HasDeadlines ? "listpackex" : "listpack";
    }
}
