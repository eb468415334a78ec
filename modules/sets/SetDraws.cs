using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Sets;

/// <summary>SPOP and SRANDMEMBER: members chosen at random, each with the same chance.</summary>
internal static class SetDraws
{
    internal static Reply Pop(in CommandCall call)
    {
        if (call.Args.Count > 3)
        {
            return Reply.SyntaxError;
        }

        if (call.Args.Count == 3)
        {
            return PopMany(call);
        }

        if (!call.TryOpen(call.Args[1], SetRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        if (!key.TryDraw(SetRecord.Kind, out ElementCursor? drawn))
        {
            return Reply.Nil;
        }

        ReadOnlySpan<byte> member = drawn.Element;
        call.Writer.Bulk(member);
        key.Remove(SetRecord.Kind, member);
        SetMembers.NotifyTaken(call, key, "spop");
        return Reply.Written;
    }

    internal static Reply Draw(in CommandCall call)
    {
        if (call.Args.Count > 3)
        {
            return Reply.SyntaxError;
        }

        if (call.Args.Count == 3)
        {
            return DrawMany(call);
        }

        return !call.TryOpen(call.Args[1], SetRecord.Type, out Key key) ? Reply.WrongType
            : key.TryDraw(SetRecord.Kind, out ElementCursor? drawn) ? Reply.Bulk(drawn.Element)
            : Reply.Nil;
    }

    private static Reply PopMany(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[2], out long wanted) || wanted < 0)
        {
            return Reply.Error(RespErrors.NotPositive);
        }

        if (!call.TryOpen(call.Args[1], SetRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        long count = key.Count(SetRecord.Type);
        if (wanted == 0 || count == 0)
        {
            call.Writer.Set(0);
            return Reply.Written;
        }

        if (wanted >= count)
        {
            WriteAll(call, key, count);
            key.Delete();
        }
        else
        {
            MemberBuffer chosen = Choose(call, key, wanted);
            chosen.WriteTo(call.Writer, asSet: true);
            foreach (ReadOnlySpan<byte> member in chosen)
            {
                key.Remove(SetRecord.Kind, member);
            }
        }

        SetMembers.NotifyTaken(call, key, "spop");
        return Reply.Written;
    }

    /// <summary>Answers with all members, at once: afterwards they are gone.</summary>
    private static void WriteAll(in CommandCall call, Key key, long count)
    {
        call.Writer.Set(count);
        ElementCursor walk = key.Scan(SetRecord.Kind);
        while (walk.MoveNext())
        {
            call.Writer.Bulk(walk.Element);
        }
    }

    private static Reply DrawMany(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[2], out long wanted))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        if (wanted == long.MinValue)
        {
            return Reply.Error($"ERR value is out of range, value must between {-long.MaxValue} and {long.MaxValue}");
        }

        if (!call.TryOpen(call.Args[1], SetRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        long count = key.Count(SetRecord.Type);
        if (wanted == 0 || count == 0)
        {
            return Reply.EmptyArray;
        }

        if (wanted < 0)
        {
            DrawRepeatedly(call, key, -wanted);
        }
        else
        {
            Choose(call, key, wanted).WriteTo(call.Writer, asSet: false);
        }

        return Reply.Written;
    }

    /// <summary>Answers with draws of which each is from all members.</summary>
    private static void DrawRepeatedly(in CommandCall call, Key key, long wanted)
    {
        call.Writer.Array(wanted);
        for (long i = 0; i < wanted && key.TryDraw(SetRecord.Kind, out ElementCursor? drawn); i++)
        {
            call.Writer.Bulk(drawn.Element);
        }
    }

    /// <summary>Chooses that many different members.</summary>
    private static MemberBuffer Choose(in CommandCall call, Key key, long wanted)
    {
        var chosen = new MemberBuffer();
        RandomElements.Choose(
            call.Keyspace, key, SetRecord.Type, wanted, (member, in _) => chosen.Add(member));
        return chosen;
    }
}
