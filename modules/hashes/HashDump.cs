using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Rdb;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Hashes;

/// <summary>
/// A hash in the RDB format: a listpack of few and short fields, else its fields one after another. With times to live,
/// which Redis reads from 7.4 on:
/// <code>
/// earliest deadline i64 | listpack of field, value, deadline (0: none) in turn, the earliest first
/// earliest deadline i64 | count | count x { deadline - earliest + 1 (0: none), field, value }
/// </code>
/// </summary>
internal static class HashDump
{
    /// <summary>The version of the format that knows times to live of fields.</summary>
    private const ushort VersionOfDeadlines = 12;

    internal static void Write(Key key, RdbWriter writer)
    {
        HashShape shape = HashShape.Of(key);
        switch (shape)
        {
            case { IsPacked: true, HasDeadlines: false }:
                writer.BeginValue(RdbValueType.HashListpack);
                WriteListpack(key, writer);
                break;
            case { IsPacked: true }:
                writer.BeginValue(RdbValueType.HashListpackMetadata, VersionOfDeadlines);
                writer.WriteInt64(shape.Earliest);
                WriteListpackWithDeadlines(key, writer);
                break;
            case { HasDeadlines: false }:
                writer.BeginValue(RdbValueType.Hash);
                writer.WriteLength((ulong)shape.Count);
                WriteFields(key, writer, deadlinesFrom: null);
                break;
            default:
                writer.BeginValue(RdbValueType.HashMetadata, VersionOfDeadlines);
                writer.WriteInt64(shape.Earliest);
                writer.WriteLength((ulong)shape.Count);
                WriteFields(key, writer, shape.Earliest);
                break;
        }
    }

    internal static void Read(byte valueType, ref RdbReader reader, Key key)
    {
        switch (valueType)
        {
            case RdbValueType.HashListpack:
                ReadListpack(reader.ReadString(), hasDeadlines: false, key);
                break;
            case RdbValueType.HashListpackMetadata:
                reader.ReadInt64();
                ReadListpack(reader.ReadString(), hasDeadlines: true, key);
                break;
            case RdbValueType.HashZiplist:
                ReadZiplist(reader.ReadString(), key);
                break;
            case RdbValueType.HashZipmap:
                ReadZipmap(reader.ReadString(), key);
                break;
            case RdbValueType.HashMetadata:
                ReadFieldsWithDeadlines(ref reader, key);
                break;
            default:
                ReadFields(ref reader, key);
                break;
        }
    }

    private static void WriteListpack(Key key, RdbWriter writer)
    {
        Span<byte> scratch = stackalloc byte[CountedValue.ScratchBytes];
        var pack = new ListpackWriter();
        ElementCursor walk = key.Scan(HashRecord.Kind);
        while (walk.MoveNext())
        {
            pack.Add(walk.Element);
            pack.Add(CountedValue.Read(walk.Value, scratch));
        }

        writer.WriteString(pack.Complete());
    }

    private static void WriteListpackWithDeadlines(Key key, RdbWriter writer)
    {
        Span<byte> scratch = stackalloc byte[CountedValue.ScratchBytes];
        var fields = new List<(long Deadline, byte[] Field, byte[] Value)>();
        ElementCursor walk = key.Scan(HashRecord.Kind);
        while (walk.MoveNext())
        {
            ElementValue value = walk.Value;
            fields.Add((value.Deadline, walk.Element.ToArray(), CountedValue.Read(value, scratch).ToArray()));
        }

        var pack = new ListpackWriter();
        foreach ((long deadline, byte[] field, byte[] value) in fields.OrderBy(field => field.Deadline))
        {
            pack.Add(field);
            pack.Add(value);
            pack.Add(RedisNumber.Format(deadline == Cell.NoDeadline ? 0 : deadline, scratch));
        }

        writer.WriteString(pack.Complete());
    }

    private static void WriteFields(Key key, RdbWriter writer, long? deadlinesFrom)
    {
        Span<byte> scratch = stackalloc byte[CountedValue.ScratchBytes];
        ElementCursor walk = key.Scan(HashRecord.Kind);
        while (walk.MoveNext())
        {
            ElementValue value = walk.Value;
            if (deadlinesFrom is long earliest)
            {
                writer.WriteLength(
                    value.Deadline == Cell.NoDeadline ? 0 : (ulong)(value.Deadline - earliest) + 1);
            }

            writer.WriteString(walk.Element);
            writer.WriteString(CountedValue.Read(value, scratch));
        }
    }

    private static void ReadFields(ref RdbReader reader, Key key)
    {
        const int PairBytesMin = 2;
        for (int left = reader.ReadCount(PairBytesMin); left > 0; left--)
        {
            ReadOnlySpan<byte> field = reader.ReadString();
            Add(key, field, reader.ReadString());
        }
    }

    private static void ReadFieldsWithDeadlines(ref RdbReader reader, Key key)
    {
        const int FieldBytesMin = 3;
        long earliest = CheckedDeadline(reader.ReadInt64());
        for (int left = reader.ReadCount(FieldBytesMin); left > 0; left--)
        {
            ulong after = reader.ReadLength();
            long deadline = after == 0 ? Cell.NoDeadline
                : after <= FieldDeadline.Max ? CheckedDeadline(earliest + (long)after - 1)
                : throw DeadlineOutOfRange();
            ReadOnlySpan<byte> field = reader.ReadString();
            Add(key, field, reader.ReadString(), deadline);
        }
    }

    private static void ReadListpack(ReadOnlySpan<byte> bytes, bool hasDeadlines, Key key)
    {
        var pack = new ListpackReader(bytes);
        while (pack.MoveNext())
        {
            byte[] field = pack.Current.ToArray();
            byte[] value = pack.MoveNext() ? pack.Current.ToArray() : throw EndsWithin();
            Add(key, field, value, hasDeadlines ? ReadDeadline(ref pack) : Cell.NoDeadline);
        }
    }

    private static long ReadDeadline(ref ListpackReader pack)
    {
        if (!pack.MoveNext() || !RedisNumber.TryParseInt64(pack.Current, out long deadline))
        {
            throw EndsWithin();
        }

        return deadline == 0 ? Cell.NoDeadline : CheckedDeadline(deadline);
    }

    private static void ReadZiplist(ReadOnlySpan<byte> bytes, Key key)
    {
        var list = new ZiplistReader(bytes);
        while (list.MoveNext())
        {
            byte[] field = list.Current.ToArray();
            Add(key, field, list.MoveNext() ? list.Current : throw EndsWithin());
        }
    }

    private static void ReadZipmap(ReadOnlySpan<byte> bytes, Key key)
    {
        var map = new ZipmapReader(bytes);
        while (map.MoveNext())
        {
            Add(key, map.Field, map.Value);
        }
    }

    private static void Add(
        Key key, ReadOnlySpan<byte> field, ReadOnlySpan<byte> value, long deadline = Cell.NoDeadline)
    {
        if (!key.Put(HashRecord.Kind, field, value, new PutOptions(deadline)))
        {
            throw new RecordFormatException("a hash has a field twice");
        }
    }

    private static long CheckedDeadline(long deadline) =>
        deadline is >= 0 and <= FieldDeadline.Max ? deadline : throw DeadlineOutOfRange();

    private static RecordFormatException DeadlineOutOfRange() => new("the deadline of a field is out of range");

    private static RecordFormatException EndsWithin() => new("a hash ends within a field");
}
