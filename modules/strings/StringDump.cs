using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Rdb;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Strings;

/// <summary>A string in the RDB format: just that.</summary>
internal static class StringDump
{
    internal static void Write(Key key, RdbWriter writer)
    {
        Span<byte> scratch = stackalloc byte[CountedValue.ScratchBytes];
        key.TryGet(StringRecord.Kind, default, out ElementValue value);
        writer.BeginValue(RdbValueType.String);
        writer.WriteString(CountedValue.Read(value, scratch));
    }

    internal static void Read(byte valueType, ref RdbReader reader, Key key) =>
        key.Put(StringRecord.Kind, default, reader.ReadString());
}
