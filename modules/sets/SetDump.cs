using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Rdb;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Sets;

/// <summary>A set in the RDB format: an intset of few integers, else its members one after another. Listpacks are read
/// but not written, since Redis before 7.2 does not read them.</summary>
internal static class SetDump
{
    internal static void Write(Key key, RdbWriter writer)
    {
        if (TryReadIntegers(key, out long[] integers))
        {
            writer.BeginValue(RdbValueType.SetIntset);
            writer.WriteString(Intset.Write(integers));
            return;
        }

        writer.BeginValue(RdbValueType.Set);
        writer.WriteLength((ulong)key.Count(SetRecord.Type));
        ElementCursor walk = key.Scan(SetRecord.Kind);
        while (walk.MoveNext())
        {
            writer.WriteString(walk.Element);
        }
    }

    internal static void Read(byte valueType, ref RdbReader reader, Key key)
    {
        switch (valueType)
        {
            case RdbValueType.SetIntset:
                ReadIntset(Intset.Read(reader.ReadString()), key);
                break;
            case RdbValueType.SetListpack:
                var members = new ListpackReader(reader.ReadString());
                while (members.MoveNext())
                {
                    Add(key, members.Current);
                }

                break;
            default:
                for (int left = reader.ReadCount(); left > 0; left--)
                {
                    Add(key, reader.ReadString());
                }

                break;
        }
    }

    private static void ReadIntset(long[] integers, Key key)
    {
        Span<byte> digits = stackalloc byte[20];
        foreach (long integer in integers)
        {
            Add(key, RedisNumber.Format(integer, digits));
        }
    }

    private static void Add(Key key, ReadOnlySpan<byte> member)
    {
        if (!key.Put(SetRecord.Kind, member, default))
        {
            throw new RecordFormatException("a set has a member twice");
        }
    }

    private static bool TryReadIntegers(Key key, out long[] integers)
    {
        long count = key.Count(SetRecord.Type);
        integers = new long[count <= SetRecord.IntegersMax ? count : 0];
        ElementCursor walk = key.Scan(SetRecord.Kind);
        for (int i = 0; i < integers.Length && walk.MoveNext(); i++)
        {
            if (!RedisNumber.TryParseInt64(walk.Element, out integers[i]))
            {
                return false;
            }
        }

        Array.Sort(integers);
        return integers.Length > 0;
    }
}
