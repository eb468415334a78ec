using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Rdb;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Lists;

/// <summary>
/// A list in the RDB format: nodes of a quicklist, each a listpack of as many elements as fit or one long element as it
/// is. Ziplists and plain elements, which older versions wrote, are read as well.
/// </summary>
internal static class ListDump
{
    /// <summary>Bytes of a listpack by Redis's <c>list-max-listpack-size -2</c>.</summary>
    private const int NodeBytesMax = 8 * 1024;

    /// <summary>What Redis reckons an entry takes besides its text.</summary>
    private const int EntryBytesReckoned = 8;

    private const ulong PlainNode = 1;
    private const ulong PackedNode = 2;

    /// <summary>The encoding Redis chooses for a list of this size.</summary>
    internal static string EncodingOf(Key key)
    {
        var listpack = new ListpackWriter();
        ElementCursor walk = ListRecord.WalkFrom(key, ListEnd.Left);
        while (walk.MoveNext())
        {
            ReadOnlySpan<byte> value = ListRecord.ValueAt(walk);
            if (listpack.Length + value.Length > NodeBytesMax)
            {
                return "quicklist";
            }

            listpack.Add(value);
        }

        return "listpack";
    }

    internal static void Write(Key key, RdbWriter writer)
    {
        var nodes = new NodeWriter();
        ElementCursor walk = ListRecord.WalkFrom(key, ListEnd.Left);
        while (walk.MoveNext())
        {
            nodes.Add(ListRecord.ValueAt(walk));
        }

        writer.BeginValue(RdbValueType.ListQuicklist2);
        nodes.WriteTo(writer);
    }

    internal static void Read(byte valueType, ref RdbReader reader, Key key)
    {
        var push = new ListPush(ListEnd.Right);
        if (valueType == RdbValueType.ListZiplist)
        {
            ReadZiplist(reader.ReadString(), key, ref push);
            return;
        }

        for (int left = reader.ReadCount(); left > 0; left--)
        {
            switch (valueType)
            {
                case RdbValueType.ListQuicklist2:
                    ReadNode(ref reader, key, ref push);
                    break;
                case RdbValueType.ListQuicklist:
                    ReadZiplist(reader.ReadString(), key, ref push);
                    break;
                default:
                    push.Add(key, reader.ReadString());
                    break;
            }
        }
    }

    private static void ReadNode(ref RdbReader reader, Key key, ref ListPush push)
    {
        ulong form = reader.ReadLength();
        ReadOnlySpan<byte> node = reader.ReadString();
        if (form == PlainNode)
        {
            push.Add(key, node);
            return;
        }

        if (form != PackedNode)
        {
            throw new RecordFormatException("unknown form of a list node");
        }

        var elements = new ListpackReader(node);
        while (elements.MoveNext())
        {
            push.Add(key, elements.Current);
        }
    }

    private static void ReadZiplist(ReadOnlySpan<byte> node, Key key, ref ListPush push)
    {
        var elements = new ZiplistReader(node);
        while (elements.MoveNext())
        {
            push.Add(key, elements.Current);
        }
    }

    /// <summary>Gathers the nodes of a quicklist, whose number stands first.</summary>
    private sealed class NodeWriter
    {
        private readonly List<(ulong Form, byte[] Node)> _nodes = [];
        private ListpackWriter? _open;

        internal void Add(ReadOnlySpan<byte> value)
        {
            if (value.Length > NodeBytesMax)
            {
                Close();
                _nodes.Add((PlainNode, value.ToArray()));
                return;
            }

            if (_open?.Length + value.Length + EntryBytesReckoned > NodeBytesMax)
            {
                Close();
            }

            _open ??= new ListpackWriter();
            _open.Add(value);
        }

        internal void WriteTo(RdbWriter writer)
        {
            Close();
            writer.WriteLength((ulong)_nodes.Count);
            foreach ((ulong form, byte[] node) in _nodes)
            {
                writer.WriteLength(form);
                writer.WriteString(node);
            }
        }

        private void Close()
        {
            if (_open is not null)
            {
                _nodes.Add((PackedNode, _open.Complete().ToArray()));
                _open = null;
            }
        }
    }
}
