using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Hashes;

/// <summary>HEXPIRE, HPEXPIRE, HEXPIREAT, HPEXPIREAT and HPERSIST. A time already past removes the field.</summary>
internal static class FieldExpiry
{
    private const long NoField = -2;
    private const long NoDeadline = -1;
    private const long NotAllowed = 0;
    private const long Done = 1;
    private const long Removed = 2;

    private enum Condition
    {
        None,
        IfNone,
        IfAny,
        IfGreater,
        IfLess,
    }

    internal static Reply InSeconds(in CommandCall call) => Expire(call, ExpiryForm.Seconds);

    internal static Reply InMilliseconds(in CommandCall call) => Expire(call, ExpiryForm.Milliseconds);

    internal static Reply AtSeconds(in CommandCall call) => Expire(call, ExpiryForm.UnixSeconds);

    internal static Reply AtMilliseconds(in CommandCall call) => Expire(call, ExpiryForm.UnixMilliseconds);

    internal static Reply Persist(in CommandCall call)
    {
        const int FieldsAt = 2;
        if (!call.TryOpen(call.Args[1], HashRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        if (!FieldArguments.TryRead(call.Args, FieldsAt, out Reply error))
        {
            return error;
        }

        bool hasPersisted = false;
        call.Writer.Array(call.Args.Count - FieldsAt - 2);
        for (int i = FieldsAt + 2; i < call.Args.Count; i++)
        {
            long result = Persist(key, call.Args[i]);
            hasPersisted |= result == Done;
            call.Writer.Integer(result);
        }

        if (hasPersisted)
        {
            call.Keyspace.Notify(KeyspaceEvents.Hash, "hpersist", key.Name);
        }

        return Reply.Written;
    }

    private static long Persist(Key key, ReadOnlySpan<byte> field)
    {
        if (!key.TryGet(HashRecord.Kind, field, out ElementValue value))
        {
            return NoField;
        }

        if (value.Deadline == Cell.NoDeadline)
        {
            return NoDeadline;
        }

        key.SetElementDeadline(HashRecord.Kind, field, Cell.NoDeadline);
        return Done;
    }

    private static Reply Expire(in CommandCall call, ExpiryForm form)
    {
        if (!call.TryOpen(call.Args[1], HashRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        if (!FieldDeadline.TryRead(call, call.Args[2], form, out long deadline, out Reply error))
        {
            return error;
        }

        Condition condition = ConditionIn(call.Args[3]);
        int fieldsAt = condition == Condition.None ? 3 : 4;
        if (!FieldArguments.TryRead(
            call.Args, fieldsAt, out error, "ERR Parameter `numFields` should be greater than 0"u8))
        {
            return error;
        }

        bool hasExpired = false;
        bool hasRemoved = false;
        call.Writer.Array(call.Args.Count - fieldsAt - 2);
        for (int i = fieldsAt + 2; i < call.Args.Count; i++)
        {
            long result = Expire(key, call.Args[i], deadline, condition, call.Now);
            hasExpired |= result == Done;
            hasRemoved |= result == Removed;
            call.Writer.Integer(result);
        }

        if (hasRemoved)
        {
            HashRecord.NotifyTaken(call, key);
        }
        else if (hasExpired)
        {
            call.Keyspace.Notify(KeyspaceEvents.Hash, "hexpire", key.Name);
        }

        return Reply.Written;
    }

    private static long Expire(Key key, ReadOnlySpan<byte> field, long deadline, Condition condition, long now)
    {
        if (!key.TryGet(HashRecord.Kind, field, out ElementValue value))
        {
            return NoField;
        }

        if (!Allows(condition, value.Deadline, deadline))
        {
            return NotAllowed;
        }

        if (deadline <= now)
        {
            key.Remove(HashRecord.Kind, field);
            return Removed;
        }

        key.SetElementDeadline(HashRecord.Kind, field, deadline);
        return Done;
    }

    private static Condition ConditionIn(ReadOnlySpan<byte> word) =>
        Ascii.EqualsIgnoreCase(word, "NX"u8) ? Condition.IfNone
        : Ascii.EqualsIgnoreCase(word, "XX"u8) ? Condition.IfAny
        : Ascii.EqualsIgnoreCase(word, "GT"u8) ? Condition.IfGreater
        : Ascii.EqualsIgnoreCase(word, "LT"u8) ? Condition.IfLess
        : Condition.None;

    /// <summary>No deadline counts as one later than any.</summary>
    private static bool Allows(Condition condition, long current, long wanted) => condition switch
    {
        Condition.IfNone => current == Cell.NoDeadline,
        Condition.IfAny => current != Cell.NoDeadline,
        Condition.IfGreater => wanted > current,
        Condition.IfLess => wanted < current,
        _ => true,
    };
}
