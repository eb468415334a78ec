using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Streams;

/// <summary>The fields and values of an entry: <c>count varint, then that many { length varint, bytes }</c>.</summary>
internal static class EntryFields
{
    /// <summary>Packs arguments.</summary>
    /// <param name="args">The command.</param>
    /// <param name="first">The first field.</param>
    internal static ReadOnlySpan<byte> From(CommandArgs args, int first)
    {
        int bytes = 5;
        for (int i = first; i < args.Count; i++)
        {
            bytes += args[i].Length + 2;
        }

        var writer = new RecordWriter(bytes);
        writer.WriteLength(args.Count - first);
        for (int i = first; i < args.Count; i++)
        {
            writer.WriteLength(args[i].Length);
            writer.WriteBytes(args[i]);
        }

        return writer.Written;
    }

    /// <summary>Whether bytes are fields and values, and nothing else.</summary>
    internal static bool AreFields(ReadOnlySpan<byte> payload)
    {
        var reader = new RecordReader(payload);
        int count = reader.ReadLength();
        for (int i = 0; i < count; i++)
        {
            reader.ReadBytes(reader.ReadLength());
        }

        return count % 2 == 0 && reader.Remaining == 0;
    }

    /// <summary>Answers with an entry: its id and its fields.</summary>
    internal static void Answer(RespWriter writer, StreamId id, ReadOnlySpan<byte> payload)
    {
        writer.Array(2);
        Answer(writer, id);
        var reader = new RecordReader(payload);
        int count = reader.ReadLength();
        writer.Array(count);
        while (count-- > 0)
        {
            writer.Bulk(reader.ReadBytes(reader.ReadLength()));
        }
    }

    /// <summary>Answers with an id.</summary>
    internal static void Answer(RespWriter writer, StreamId id) =>
        writer.Bulk(id.Format(stackalloc byte[StreamId.TextBytesMax]));
}
