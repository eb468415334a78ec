using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Keys;

/// <summary>TTL, PTTL, EXPIRETIME, PEXPIRETIME.</summary>
internal static class KeyTimes
{
    private const long NoKey = -2;
    private const long NoDeadline = -1;

    internal static Reply SecondsLeft(in CommandCall call) => Answer(call, call.Now, inSeconds: true);

    internal static Reply MillisecondsLeft(in CommandCall call) => Answer(call, call.Now, inSeconds: false);

    internal static Reply DeadlineSeconds(in CommandCall call) => Answer(call, 0, inSeconds: true);

    internal static Reply DeadlineMilliseconds(in CommandCall call) => Answer(call, 0, inSeconds: false);

    private static Reply Answer(in CommandCall call, long from, bool inSeconds)
    {
        Key key = call.Open(call.Args[1]);
        if (!key.Exists)
        {
            return Reply.Integer(NoKey);
        }

        long deadline = key.Deadline;
        if (deadline == Cell.NoDeadline)
        {
            return Reply.Integer(NoDeadline);
        }

        long time = Math.Max(deadline - from, 0);
        return Reply.Integer(inSeconds ? (time / 1000) + (time % 1000 >= 500 ? 1 : 0) : time);
    }
}
