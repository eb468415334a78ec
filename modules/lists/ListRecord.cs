using Marekvs.Abstractions.Rdb;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Lists;

/// <summary>
/// A list is one record for each element.
/// <code>
/// tag 'q', suffix position (see ListPosition): a dotted cell
///   dot payload    see ListValue
/// visible = the dot is live
/// </code>
/// The dot is that of the push, and the only one an element ever has: LSET changes the payload under it, and a removal
/// that has seen it is final. So an element popped on one node does not come back because it was set on another.
/// </summary>
internal static class ListRecord
{
    internal static readonly RecordKind Kind = new((byte)'q', "list element", ListValue.Merge)
    {
        IsAmendment = ListValue.IsAmendment,
        IsRanked = true,
        Test = static (position, payload) => ListPosition.IsPosition(position) && ListValue.IsValue(payload),
    };

    internal static readonly KeyType Type = new("list", order: 5, isSingle: false, ListDump.EncodingOf, Kind)
    {
        Events = KeyspaceEvents.List,
        Sort = new SortForm(Kind, ValueAt, isOrdered: true) { Append = Append },
        Rdb = new RdbForm(
            ListDump.Write,
            ListDump.Read,
            RdbValueType.List,
            RdbValueType.ListZiplist,
            RdbValueType.ListQuicklist,
            RdbValueType.ListQuicklist2),
    };

    /// <summary>The value of the element a walk stands on; valid until the next write of the same call.</summary>
    internal static ReadOnlySpan<byte> ValueAt(ElementCursor walk) => ListValue.Of(walk.Value.Payload);

    /// <summary>A walk that begins at an end.</summary>
    internal static ElementCursor WalkFrom(Key key, ListEnd end) => key.Scan(Kind, reverse: end == ListEnd.Right);

    private static void Append(Key key, IReadOnlyList<byte[]> values)
    {
        var push = new ListPush(ListEnd.Right);
        foreach (byte[] value in values)
        {
            push.Add(key, value);
        }
    }
}
