using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Hashes;

/// <summary>HGETDEL and HGETEX: reads that change what stays behind.</summary>
internal static class FieldTakes
{
    internal static Reply GetAndDelete(in CommandCall call)
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

        bool hasRemoved = false;
        call.Writer.Array(call.Args.Count - FieldsAt - 2);
        for (int i = FieldsAt + 2; i < call.Args.Count; i++)
        {
            hasRemoved |= HashFields.TryWriteValue(call, key, call.Args[i]) &&
                key.Remove(HashRecord.Kind, call.Args[i]);
        }

        if (hasRemoved)
        {
            HashRecord.NotifyTaken(call, key);
        }

        return Reply.Written;
    }

    internal static Reply GetAndExpire(in CommandCall call)
    {
        if (!call.TryOpen(call.Args[1], HashRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        if (!TryParse(call, out long? deadline, out int fieldsAt, out Reply error))
        {
            return error;
        }

        bool hasExpired = false;
        bool hasRemoved = false;
        call.Writer.Array(call.Args.Count - fieldsAt - 2);
        for (int i = fieldsAt + 2; i < call.Args.Count; i++)
        {
            ReadOnlySpan<byte> field = call.Args[i];
            if (HashFields.TryWriteValue(call, key, field) && deadline is long wanted)
            {
                bool isPast = wanted <= call.Now;
                hasRemoved |= isPast && key.Remove(HashRecord.Kind, field);
                hasExpired |= !isPast && TrySetDeadline(key, field, wanted);
            }
        }

        if (hasRemoved)
        {
            HashRecord.NotifyTaken(call, key);
        }
        else if (hasExpired)
        {
            string name = deadline == Cell.NoDeadline ? "hpersist" : "hexpire";
            call.Keyspace.Notify(KeyspaceEvents.Hash, name, key.Name);
        }

        return Reply.Written;
    }

    /// <returns>False when a time to live was to be taken away and there was none.</returns>
    private static bool TrySetDeadline(Key key, ReadOnlySpan<byte> field, long deadline)
    {
        key.TryGet(HashRecord.Kind, field, out ElementValue value);
        return (deadline != Cell.NoDeadline || value.Deadline != Cell.NoDeadline) &&
            key.SetElementDeadline(HashRecord.Kind, field, deadline);
    }

    /// <param name="call">The call.</param>
    /// <param name="deadline">What the fields are to have; null when it stays as it is.</param>
    /// <param name="fieldsAt">Where the word FIELDS stands.</param>
    /// <param name="error">What is wrong.</param>
    private static bool TryParse(
        scoped in CommandCall call, out long? deadline, out int fieldsAt, out Reply error)
    {
        deadline = null;
        fieldsAt = 2;
        if (ExpiryForm.TryParse(call.Args[2], out ExpiryForm form))
        {
            fieldsAt = 4;
            if (!FieldDeadline.TryRead(call, call.Args[3], form, out long time, out error))
            {
                return false;
            }

            deadline = time;
        }
        else if (Ascii.EqualsIgnoreCase(call.Args[2], "PERSIST"u8))
        {
            fieldsAt = 3;
            deadline = Cell.NoDeadline;
        }

        return FieldArguments.TryRead(call.Args, fieldsAt, out error);
    }
}
