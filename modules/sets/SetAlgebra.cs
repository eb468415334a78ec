using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Sets;

/// <summary>SINTER, SUNION and SDIFF, their forms that store, and SINTERCARD.</summary>
internal static class SetAlgebra
{
    private delegate MemberWalk Combination(SetOperand[] sets);

    internal static Reply Intersect(in CommandCall call) => Answer(call, FilteredWalk.Intersection);

    internal static Reply StoreIntersection(in CommandCall call) =>
        Store(call, FilteredWalk.Intersection, "sinterstore");

    internal static Reply Unite(in CommandCall call) => Answer(call, static sets => new UnionWalk(sets));

    internal static Reply StoreUnion(in CommandCall call) =>
        Store(call, static sets => new UnionWalk(sets), "sunionstore");

    internal static Reply Difference(in CommandCall call) => Answer(call, FilteredWalk.Difference);

    internal static Reply StoreDifference(in CommandCall call) => Store(call, FilteredWalk.Difference, "sdiffstore");

    internal static Reply CountIntersection(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[1], out long keys) || keys < 1)
        {
            return Reply.Error("ERR numkeys should be greater than 0"u8);
        }

        if (keys > call.Args.Count - 2)
        {
            return Reply.Error("ERR Number of keys can't be greater than number of args"u8);
        }

        long limit = 0;
        for (int i = 2 + (int)keys; i < call.Args.Count; i += 2)
        {
            if (!Ascii.EqualsIgnoreCase(call.Args[i], "LIMIT"u8) || i + 1 == call.Args.Count)
            {
                return Reply.SyntaxError;
            }

            if (!RedisNumber.TryParseInt64(call.Args[i + 1], out limit) || limit < 0)
            {
                return Reply.Error("ERR LIMIT can't be negative"u8);
            }
        }

        if (!SetOperand.TryOpen(call, 2, (int)keys, out SetOperand[] sets))
        {
            return Reply.WrongType;
        }

        FilteredWalk walk = FilteredWalk.Intersection(sets);
        long count = 0;
        while ((limit == 0 || count < limit) && walk.MoveNext())
        {
            count++;
        }

        return Reply.Integer(count);
    }

    private static Reply Answer(in CommandCall call, Combination combine)
    {
        if (!SetOperand.TryOpen(call, 1, call.Args.Count - 1, out SetOperand[] sets))
        {
            return Reply.WrongType;
        }

        Gather(combine(sets)).WriteTo(call.Writer, asSet: true);
        return Reply.Written;
    }

    /// <summary>Stores the result in place of what the destination held, whatever its type; an empty one leaves no key.
    /// </summary>
    private static Reply Store(in CommandCall call, Combination combine, string eventName)
    {
        if (!SetOperand.TryOpen(call, 2, call.Args.Count - 2, out SetOperand[] sets))
        {
            return Reply.WrongType;
        }

        MemberBuffer result = Gather(combine(sets));
        Key destination = call.Open(call.Args[1]);
        bool existed = destination.Delete();
        if (result.Count > 0)
        {
            foreach (ReadOnlySpan<byte> member in result)
            {
                destination.Put(SetRecord.Kind, member, default);
            }

            call.Keyspace.Notify(KeyspaceEvents.Set, eventName, destination.Name);
        }
        else if (existed)
        {
            call.Keyspace.Notify(KeyspaceEvents.Generic, "del", destination.Name);
        }

        return Reply.Integer(result.Count);
    }

    private static MemberBuffer Gather(MemberWalk walk)
    {
        var members = new MemberBuffer();
        while (walk.MoveNext())
        {
            members.Add(walk.Current.Element);
        }

        return members;
    }
}
