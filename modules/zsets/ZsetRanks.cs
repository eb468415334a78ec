using System.Text;
using Marekvs.Abstractions.Commands;

namespace Marekvs.Modules.Zsets;

/// <summary>ZRANK and ZREVRANK.</summary>
internal static class ZsetRanks
{
    internal static Reply Rank(in CommandCall call) => Answer(call, reverse: false);

    internal static Reply RankReversed(in CommandCall call) => Answer(call, reverse: true);

    private static Reply Answer(in CommandCall call, bool reverse)
    {
        if (call.Args.Count > 4)
        {
            return Reply.Error($"ERR wrong number of arguments for '{call.Command.Name.ToLowerInvariant()}' command");
        }

        bool withScore = call.Args.Count == 4;
        if (withScore && !Ascii.EqualsIgnoreCase(call.Args[3], "WITHSCORE"u8))
        {
            return Reply.SyntaxError;
        }

        ReadOnlySpan<byte> member = call.Args[2];
        if (!Zset.TryOpen(call, call.Args[1], out Zset zset))
        {
            return Reply.WrongType;
        }

        if (!zset.TryGetScore(member, out double score))
        {
            return withScore ? Reply.NilArray : Reply.Nil;
        }

        long rank = zset.RankOf(member, score);
        rank = reverse ? zset.Count - 1 - rank : rank;
        if (!withScore)
        {
            return Reply.Integer(rank);
        }

        call.Writer.Array(2);
        call.Writer.Integer(rank);
        call.Writer.Double(score);
        return Reply.Written;
    }
}
