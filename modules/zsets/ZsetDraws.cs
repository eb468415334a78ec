using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Zsets;

/// <summary>ZRANDMEMBER: members chosen at random, each with the same chance; and ZSCAN.</summary>
internal static class ZsetDraws
{
    internal static Reply Draw(in CommandCall call)
    {
        if (call.Args.Count > 2)
        {
            return DrawMany(call);
        }

        return !Zset.TryOpen(call, call.Args[1], out Zset zset) ? Reply.WrongType
            : zset.Key.TryDraw(ZsetRecord.Kind, out ElementCursor? drawn) ? Reply.Bulk(drawn.Element)
            : Reply.Nil;
    }

    /// <summary>ZSCAN; scores look as in Redis, which writes here all the digits of what it does not pack.</summary>
    internal static Reply Scan(in CommandCall call)
    {
        bool isPacked = Zset.TryOpen(call, call.Args[1], out Zset zset) && ZsetRecord.IsPacked(zset.Key);
        return ElementScan.Answer(
            call,
            ZsetRecord.Type,
            isPacked ? WriteShortest : WriteAllDigits,
            takesNoValues: false);
    }

    private static void WriteShortest(RespWriter writer, ReadOnlySpan<byte> member, in ElementValue value) =>
        writer.Bulk(RedisNumber.Format(Score.Of(value)));

    private static void WriteAllDigits(RespWriter writer, ReadOnlySpan<byte> member, in ElementValue value)
    {
        double score = Score.Of(value);
        writer.Bulk(double.IsFinite(score)
            ? score.ToString("G17", System.Globalization.CultureInfo.InvariantCulture).Replace('E', 'e')
            : RedisNumber.Format(score));
    }

    private static Reply DrawMany(in CommandCall call)
    {
        if (!TryParse(call.Args, out long wanted, out bool withScores, out Reply error))
        {
            return error;
        }

        if (!Zset.TryOpen(call, call.Args[1], out Zset zset))
        {
            return Reply.WrongType;
        }

        if (wanted == 0 || !zset.Exists)
        {
            return Reply.EmptyArray;
        }

        if (wanted < 0)
        {
            DrawRepeatedly(call.Writer, zset, -wanted, withScores);
            return Reply.Written;
        }

        var chosen = new ScoredMembers();
        if (wanted >= zset.Count)
        {
            chosen = ScoredMembers.From(new RangeWalk(zset.Walk(), zset.Count));
        }
        else
        {
            RandomElements.Choose(
                call.Keyspace,
                zset.Key,
                ZsetRecord.Type,
                wanted,
                (member, in value) => chosen.Add(member, Score.Of(value)));
        }

        chosen.WriteTo(call.Writer, withScores);
        return Reply.Written;
    }

    private static bool TryParse(CommandArgs args, out long wanted, out bool withScores, out Reply error)
    {
        withScores = args.Count == 4 && Ascii.EqualsIgnoreCase(args[3], "WITHSCORES"u8);
        bool isNumber = RedisNumber.TryParseInt64(args[2], out wanted);
        error = !isNumber ? Reply.Error(RespErrors.NotInteger)
            : wanted == long.MinValue
                ? Reply.Error($"ERR value is out of range, value must between {-long.MaxValue} and {long.MaxValue}")
            : args.Count > 3 && !withScores ? Reply.SyntaxError
            : withScores && Math.Abs(wanted) > long.MaxValue / 2 ? Reply.Error("ERR value is out of range"u8)
            : default;
        return !error.IsError;
    }

    /// <summary>Answers with draws of which each is from all members.</summary>
    private static void DrawRepeatedly(RespWriter writer, Zset zset, long wanted, bool withScores)
    {
        ScoredAnswer.Begin(writer, wanted, withScores);
        for (long i = 0; i < wanted && zset.Key.TryDraw(ZsetRecord.Kind, out ElementCursor? drawn); i++)
        {
            ScoredAnswer.Write(writer, drawn.Element, Score.Of(drawn.Value), withScores);
        }
    }
}
