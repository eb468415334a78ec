using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Hashes;

/// <summary>HTTL, HPTTL, HEXPIRETIME and HPEXPIRETIME.</summary>
internal static class FieldTimes
{
    private const int FieldsAt = 2;
    private const long NoField = -2;
    private const long NoDeadline = -1;

    internal static Reply SecondsLeft(in CommandCall call) => Answer(call, ExpiryForm.Seconds);

    internal static Reply MillisecondsLeft(in CommandCall call) => Answer(call, ExpiryForm.Milliseconds);

    internal static Reply Seconds(in CommandCall call) => Answer(call, ExpiryForm.UnixSeconds);

    internal static Reply Milliseconds(in CommandCall call) => Answer(call, ExpiryForm.UnixMilliseconds);

    private static Reply Answer(in CommandCall call, ExpiryForm form)
    {
        if (!call.TryOpen(call.Args[1], HashRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        if (!FieldArguments.TryRead(call.Args, FieldsAt, out Reply error))
        {
            return error;
        }

        long from = form.IsRelative ? call.Now : 0;
        call.Writer.Array(call.Args.Count - FieldsAt - 2);
        for (int i = FieldsAt + 2; i < call.Args.Count; i++)
        {
            // Rounded up: what is left is never said to be nothing.
            call.Writer.Integer(
                !key.TryGet(HashRecord.Kind, call.Args[i], out ElementValue value) ? NoField
                : value.Deadline == Cell.NoDeadline ? NoDeadline
                : (value.Deadline - from + form.Unit - 1) / form.Unit);
        }

        return Reply.Written;
    }
}
