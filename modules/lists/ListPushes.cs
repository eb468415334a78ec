using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Lists;

/// <summary>LPUSH, RPUSH, LPUSHX and RPUSHX.</summary>
internal static class ListPushes
{
    internal static Reply Left(in CommandCall call) => Push(call, ListEnd.Left, onlyExisting: false);

    internal static Reply Right(in CommandCall call) => Push(call, ListEnd.Right, onlyExisting: false);

    internal static Reply LeftIfExists(in CommandCall call) => Push(call, ListEnd.Left, onlyExisting: true);

    internal static Reply RightIfExists(in CommandCall call) => Push(call, ListEnd.Right, onlyExisting: true);

    private static Reply Push(in CommandCall call, ListEnd end, bool onlyExisting)
    {
        if (!call.TryOpen(call.Args[1], ListRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        if (onlyExisting && !key.Exists)
        {
            return Reply.Integer(0);
        }

        var push = new ListPush(end);
        for (int i = 2; i < call.Args.Count; i++)
        {
            push.Add(key, call.Args[i]);
        }

        call.Keyspace.Notify(KeyspaceEvents.List, end.PushEvent(), key.Name);
        return Reply.Integer(key.Count(ListRecord.Type));
    }
}
