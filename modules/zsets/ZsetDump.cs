using System.Runtime.CompilerServices;
using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Rdb;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Zsets;

/// <summary>A sorted set in the RDB format: a listpack of members and scores in their order when it is small, else pairs
/// from the highest score down, as Redis writes them.</summary>
internal static class ZsetDump
{
    private const byte TextNaN = 253;
    private const byte TextInfinity = 254;
    private const byte TextNegativeInfinity = 255;

    internal static void Write(Key key, RdbWriter writer)
    {
        var zset = new Zset(key);
        if (ZsetRecord.IsPacked(key))
        {
            WritePacked(zset, writer);
            return;
        }

        writer.BeginValue(RdbValueType.Zset2);
        writer.WriteLength((ulong)zset.Count);
        ElementCursor walk = zset.Walk(reverse: true);
        while (walk.MoveNext())
        {
            writer.WriteString(ScoreEntry.MemberIn(walk.Element));
            writer.WriteInt64(Unsafe.BitCast<double, long>(ScoreEntry.ScoreIn(walk.Element)));
        }
    }

    internal static void Read(byte valueType, ref RdbReader reader, Key key)
    {
        var zset = new Zset(key);
        switch (valueType)
        {
            case RdbValueType.ZsetListpack:
                var packed = new ListpackReader(reader.ReadString());
                while (packed.MoveNext())
                {
                    byte[] member = packed.Current.ToArray();
                    Add(zset, member, packed.MoveNext() ? ReadText(packed.Current) : double.NaN);
                }

                break;
            case RdbValueType.ZsetZiplist:
                var older = new ZiplistReader(reader.ReadString());
                while (older.MoveNext())
                {
                    byte[] member = older.Current.ToArray();
                    Add(zset, member, older.MoveNext() ? ReadText(older.Current) : double.NaN);
                }

                break;
            default:
                for (int left = reader.ReadCount(bytesEach: 2); left > 0; left--)
                {
                    ReadOnlySpan<byte> member = reader.ReadString();
                    Add(zset, member, valueType == RdbValueType.Zset2
                        ? Unsafe.BitCast<long, double>(reader.ReadInt64())
                        : ReadOldScore(ref reader));
                }

                break;
        }
    }

    private static void WritePacked(Zset zset, RdbWriter writer)
    {
        var packed = new ListpackWriter();
        ElementCursor walk = zset.Walk();
        while (walk.MoveNext())
        {
            packed.Add(ScoreEntry.MemberIn(walk.Element));
            packed.Add(Encoding.ASCII.GetBytes(RedisNumber.Format(ScoreEntry.ScoreIn(walk.Element))));
        }

        writer.BeginValue(RdbValueType.ZsetListpack);
        writer.WriteString(packed.Complete());
    }

    private static double ReadText(ReadOnlySpan<byte> text) =>
        RedisNumber.TryParseDouble(text, out double score)
            ? score
            : throw new RecordFormatException("a score is no number");

    private static double ReadOldScore(ref RdbReader reader)
    {
        byte length = reader.ReadByte();
        switch (length)
        {
            case TextNaN:
                return double.NaN;
            case TextInfinity:
                return double.PositiveInfinity;
            case TextNegativeInfinity:
                return double.NegativeInfinity;
            default:
                byte[] text = new byte[length];
                for (int i = 0; i < text.Length; i++)
                {
                    text[i] = reader.ReadByte();
                }

                return ReadText(text);
        }
    }

    private static void Add(Zset zset, ReadOnlySpan<byte> member, double score)
    {
        if (double.IsNaN(score) || zset.TryGetScore(member, out _))
        {
            throw new RecordFormatException("a sorted set has a member twice, or one without a score");
        }

        zset.Put(member, score);
    }
}
