using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Modules.Hashes;

/// <summary>The words between the key and the fields of HSETEX.</summary>
internal struct FieldSetOptions
{
    /// <summary>FNX: only if none of the fields exists.</summary>
    internal bool IfAbsent { get; private set; }

    /// <summary>FXX: only if all of the fields exist.</summary>
    internal bool IfPresent { get; private set; }

    /// <summary>KEEPTTL.</summary>
    internal bool KeepDeadline { get; private set; }

    /// <summary>Unix milliseconds, maybe past, or <see cref="Cell.NoDeadline"/>.</summary>
    internal long Deadline { get; private set; }

    /// <summary>Where the first field stands; its value follows, then the next field.</summary>
    internal int FirstField { get; private set; }

    /// <summary>Reads the options, and checks the number of fields.</summary>
    internal static bool TryParse(scoped in CommandCall call, out FieldSetOptions options, out Reply error)
    {
        options = new FieldSetOptions { Deadline = Cell.NoDeadline };
        error = default;
        for (int i = 2; i < call.Args.Count; i++)
        {
            if (Ascii.EqualsIgnoreCase(call.Args[i], "FIELDS"u8))
            {
                return options.TryTakeFields(call, i, out error);
            }

            if (!options.TryTake(call, ref i, out error))
            {
                return false;
            }
        }

        error = FieldArguments.ArityError(call);
        return false;
    }

    private bool TryTake(scoped in CommandCall call, scoped ref int at, out Reply error)
    {
        ReadOnlySpan<byte> word = call.Args[at];
        bool isAbsent = Ascii.EqualsIgnoreCase(word, "FNX"u8);
        if (isAbsent || Ascii.EqualsIgnoreCase(word, "FXX"u8))
        {
            error = IfAbsent || IfPresent
                ? Reply.Error("ERR Only one of FXX or FNX arguments can be specified"u8)
                : default;
            IfAbsent = isAbsent;
            IfPresent = !isAbsent;
            return !error.IsError;
        }

        bool keeps = Ascii.EqualsIgnoreCase(word, "KEEPTTL"u8);
        if (!ExpiryForm.TryParse(word, out ExpiryForm form) && !keeps)
        {
            error = Reply.Error($"ERR unknown argument: {Encoding.UTF8.GetString(word)}");
            return false;
        }

        if (KeepDeadline || Deadline != Cell.NoDeadline)
        {
            error = Reply.Error("ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified"u8);
            return false;
        }

        error = default;
        KeepDeadline = keeps;
        return keeps || TryTakeDeadline(call, ++at, form, out error);
    }

    private bool TryTakeDeadline(scoped in CommandCall call, int at, ExpiryForm form, out Reply error)
    {
        if (at == call.Args.Count)
        {
            error = Reply.Error("ERR missing expire time"u8);
            return false;
        }

        bool isRead = FieldDeadline.TryRead(call, call.Args[at], form, out long deadline, out error);
        Deadline = deadline;
        return isRead;
    }

    private bool TryTakeFields(scoped in CommandCall call, int at, out Reply error)
    {
        FirstField = at + 2;
        (int pairs, int odd) = Math.DivRem(call.Args.Count - FirstField, 2);
        long count = 0;
        bool isNumber = pairs > 0 && RedisNumber.TryParseInt64(call.Args[at + 1], out count);
        error = pairs < 1 ? FieldArguments.ArityError(call)
            : !isNumber || count is < 1 or > int.MaxValue ? Reply.Error("ERR invalid number of fields"u8)
            : odd != 0 || count != pairs ? FieldArguments.ArityError(call)
            : default;
        return !error.IsError;
    }
}
