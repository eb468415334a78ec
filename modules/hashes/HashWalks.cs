using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Hashes;

/// <summary>HGETALL, HKEYS, HVALS, HSCAN.</summary>
internal static class HashWalks
{
    internal static Reply All(in CommandCall call) =>
        Answer(call, static (writer, count) => writer.Map(count), static (writer, field, in value) =>
        {
            writer.Bulk(field);
            CountedValue.Write(writer, value);
        });

    internal static Reply Fields(in CommandCall call) =>
        Answer(call, static (writer, count) => writer.Array(count), static (writer, field, in _) => writer.Bulk(field));

    internal static Reply Values(in CommandCall call) =>
        Answer(call, static (writer, count) => writer.Array(count), WriteValue);

    internal static Reply Scan(in CommandCall call) => ElementScan.Answer(call, HashRecord.Type, WriteValue);

    private static Reply Answer(in CommandCall call, ElementsHeader header, ElementAnswer answer) =>
        call.TryOpen(call.Args[1], HashRecord.Type, out Key key)
            ? call.WriteElements(key, HashRecord.Type, header, answer)
            : Reply.WrongType;

    private static void WriteValue(RespWriter writer, ReadOnlySpan<byte> field, in ElementValue value) =>
        CountedValue.Write(writer, value);
}
