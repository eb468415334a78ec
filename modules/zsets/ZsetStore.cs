using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Zsets;

/// <summary>Stores results.</summary>
internal static class ZsetStore
{
    /// <summary>Stores members in place of what the destination held, whatever its type; none leave no key.</summary>
    internal static Reply Replace(in CommandCall call, ReadOnlySpan<byte> name, ScoredMembers members, string eventName)
    {
        var destination = new Zset(call.Open(name));
        bool existed = destination.Key.Delete();
        for (int i = 0; i < members.Count; i++)
        {
            destination.Put(members.MemberAt(i), members.ScoreAt(i));
        }

        if (members.Count > 0)
        {
            call.Keyspace.Notify(KeyspaceEvents.SortedSet, eventName, name);
        }
        else if (existed)
        {
            call.Keyspace.Notify(KeyspaceEvents.Generic, "del", name);
        }

        return Reply.Integer(members.Count);
    }
}
