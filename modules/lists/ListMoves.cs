using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Lists;

/// <summary>LMOVE and RPOPLPUSH, and what waits until there is something to move: BLMOVE and BRPOPLPUSH.</summary>
internal static class ListMoves
{
    internal static Reply Move(in CommandCall call) =>
        ListEnds.TryParse(call.Args[3], out ListEnd from) && ListEnds.TryParse(call.Args[4], out ListEnd to)
            ? Move(call, from, to)
            : Reply.SyntaxError;

    internal static Reply MoveRightToLeft(in CommandCall call) => Move(call, ListEnd.Right, ListEnd.Left);

    internal static Reply WaitAndMove(in CommandCall call) =>
        ListEnds.TryParse(call.Args[3], out ListEnd from) && ListEnds.TryParse(call.Args[4], out ListEnd to)
            ? WaitAndMove(call, from, to, call.Args[5])
            : Reply.SyntaxError;

    internal static Reply WaitAndMoveRightToLeft(in CommandCall call) =>
        WaitAndMove(call, ListEnd.Right, ListEnd.Left, call.Args[3]);

    private static Reply WaitAndMove(in CommandCall call, ListEnd from, ListEnd to, ReadOnlySpan<byte> timeout)
    {
        if (!WaitTimeout.TryParseSeconds(timeout, call.Now, out long milliseconds, out Reply error))
        {
            return error;
        }

        if (call.Open(call.Args[1]).Exists)
        {
            return Move(call, from, to);
        }

        // Redis's own choice: a string is missing in a transaction, an array when time is up.
        return call.Session.InTransaction ? Reply.Nil
            : call.Retry == CallRetry.TimedOut ? Reply.NilArray
            : Reply.WaitForKeys(milliseconds, ListRecord.Type);
    }

    private static Reply Move(in CommandCall call, ListEnd from, ListEnd to)
    {
        if (!call.TryOpen(call.Args[1], ListRecord.Type, out Key source))
        {
            return Reply.WrongType;
        }

        ElementCursor walk = ListRecord.WalkFrom(source, from);
        if (!walk.MoveNext())
        {
            return Reply.Nil;
        }

        if (!call.TryOpen(call.Args[2], ListRecord.Type, out Key destination))
        {
            return Reply.WrongType;
        }

        // Pushed before it is popped: a node which has only part of the call shows it in both lists and never in none.
        byte[] position = walk.Element.ToArray();
        byte[] value = ListRecord.ValueAt(walk).ToArray();
        new ListPush(to).Add(destination, value);
        source.Remove(ListRecord.Kind, position);
        call.Keyspace.Notify(KeyspaceEvents.List, to.PushEvent(), destination.Name);
        ListPops.NotifyTaken(call, source, from.PopEvent());
        call.Writer.Bulk(value);
        return Reply.Written;
    }
}
