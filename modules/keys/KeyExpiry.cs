using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Keys;

/// <summary>EXPIRE, PEXPIRE, EXPIREAT, PEXPIREAT and PERSIST. A time already past deletes the key.</summary>
internal static class KeyExpiry
{
    private const long Seconds = 1000;
    private const long Milliseconds = 1;

    [Flags]
    private enum Conditions
    {
        None = 0,
        IfNone = 1,
        IfAny = 2,
        IfGreater = 4,
        IfLess = 8,
    }

    internal static Reply InSeconds(in CommandCall call) => Expire(call, Seconds, call.Now);

    internal static Reply InMilliseconds(in CommandCall call) => Expire(call, Milliseconds, call.Now);

    internal static Reply AtSeconds(in CommandCall call) => Expire(call, Seconds, 0);

    internal static Reply AtMilliseconds(in CommandCall call) => Expire(call, Milliseconds, 0);

    internal static Reply Persist(in CommandCall call)
    {
        Key key = call.Open(call.Args[1]);
        if (!key.Exists || key.Deadline == Cell.NoDeadline)
        {
            return Reply.Boolean(false);
        }

        key.SetDeadline(Cell.NoDeadline);
        call.Keyspace.Notify(KeyspaceEvents.Generic, "persist", key.Name);
        return Reply.Boolean(true);
    }

    private static Reply Expire(in CommandCall call, long unit, long from)
    {
        if (!TryParseConditions(call.Args, out Conditions conditions, out Reply error) ||
            !TryReadDeadline(call, unit, from, out long deadline, out error))
        {
            return error;
        }

        Key key = call.Open(call.Args[1]);
        if (!key.Exists || !Allows(conditions, key.Deadline, deadline))
        {
            return Reply.Boolean(false);
        }

        if (deadline <= call.Now)
        {
            key.Delete();
            call.Keyspace.Notify(KeyspaceEvents.Generic, "del", key.Name);
        }
        else
        {
            key.SetDeadline(deadline);
            call.Keyspace.Notify(KeyspaceEvents.Generic, "expire", key.Name);
        }

        return Reply.Boolean(true);
    }

    private static bool TryReadDeadline(
        scoped in CommandCall call, long unit, long from, out long deadline, out Reply error)
    {
        error = default;
        if (!RedisNumber.TryParseInt64(call.Args[2], out deadline))
        {
            error = Reply.Error(RespErrors.NotInteger);
            return false;
        }

        bool outOfRange = deadline > long.MaxValue / unit || deadline < long.MinValue / unit;
        if (outOfRange || deadline * unit > long.MaxValue - from)
        {
            error = Reply.Error($"ERR invalid expire time in '{call.Command.Name.ToLowerInvariant()}' command");
            return false;
        }

        deadline = Math.Min((deadline * unit) + from, Cell.NoDeadline - 1);
        return true;
    }

    private static bool TryParseConditions(CommandArgs args, out Conditions conditions, out Reply error)
    {
        conditions = Conditions.None;
        error = default;
        for (int i = 3; i < args.Count; i++)
        {
            ReadOnlySpan<byte> word = args[i];
            Conditions condition = Ascii.EqualsIgnoreCase(word, "NX"u8) ? Conditions.IfNone
                : Ascii.EqualsIgnoreCase(word, "XX"u8) ? Conditions.IfAny
                : Ascii.EqualsIgnoreCase(word, "GT"u8) ? Conditions.IfGreater
                : Ascii.EqualsIgnoreCase(word, "LT"u8) ? Conditions.IfLess
                : Conditions.None;
            if (condition == Conditions.None)
            {
                // Redis quotes the word up to its first NUL.
                int end = word.IndexOf((byte)0);
                byte[] message = [.. "ERR Unsupported option "u8, .. end < 0 ? word : word[..end]];
                error = Reply.Error(message);
                return false;
            }

            conditions |= condition;
        }

        if (conditions.HasFlag(Conditions.IfNone) && conditions != Conditions.IfNone)
        {
            error = Reply.Error("ERR NX and XX, GT or LT options at the same time are not compatible"u8);
            return false;
        }

        if (conditions.HasFlag(Conditions.IfGreater | Conditions.IfLess))
        {
            error = Reply.Error("ERR GT and LT options at the same time are not compatible"u8);
            return false;
        }

        return true;
    }

    private static bool Allows(Conditions conditions, long current, long wanted)
    {
        // No deadline is the latest of all, so GT never beats it and LT always does.
        bool hasDeadline = current != Cell.NoDeadline;
        return !(conditions.HasFlag(Conditions.IfNone) && hasDeadline)
            && !(conditions.HasFlag(Conditions.IfAny) && !hasDeadline)
            && !(conditions.HasFlag(Conditions.IfGreater) && wanted <= current)
            && !(conditions.HasFlag(Conditions.IfLess) && wanted >= current);
    }
}
