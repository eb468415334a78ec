using Marekvs.Abstractions.Commands;

namespace Marekvs.Modules.Streams;

/// <summary>What XADD is asked for:
/// <c>[NOMKSTREAM] [trimming] id field value [field value ...]</c>.</summary>
internal struct AddOptions
{
    internal bool NoMakeStream { get; private set; }

    internal TrimOptions Trim { get; private set; }

    /// <summary>The id of the new entry.</summary>
    internal NewId Id { get; private set; }

    /// <summary>The argument that is the first field.</summary>
    internal int FirstField { get; private set; }

    internal static bool TryParse(CommandArgs args, out AddOptions options, out Reply error)
    {
        options = default;
        var trim = default(TrimOptions);
        int i = 2;
        for (; i < args.Count && !args[i].SequenceEqual("*"u8); i++)
        {
            if (trim.TryTake(args, ref i, out error))
            {
                continue;
            }

            if (error.IsError)
            {
                return false;
            }

            if (!args[i].Is("NOMKSTREAM"u8))
            {
                break;
            }

            options.NoMakeStream = true;
        }

        NewId id = default;
        if (i < args.Count && !NewId.TryParse(args[i], out id))
        {
            error = StreamErrors.InvalidId;
            return false;
        }

        if (!trim.TryComplete(isTrim: false, out error))
        {
            return false;
        }

        options.Trim = trim;
        options.Id = id;
        options.FirstField = i + 1;
        int fields = args.Count - options.FirstField;
        error = fields < 2 || fields % 2 == 1 ? Reply.Error("ERR wrong number of arguments for 'xadd' command"u8)
            : id.IsZero ? Reply.Error("ERR The ID specified in XADD must be greater than 0-0"u8)
            : default;
        return !error.IsError;
    }
}

/// <summary>The id XADD is given: a whole one, one whose sequence is to be found (<c>5-*</c>), or none (<c>*</c>).</summary>
/// <param name="Id">What is given of it.</param>
/// <param name="HasMilliseconds">The milliseconds are given.</param>
/// <param name="HasSequence">The sequence is given too.</param>
internal readonly record struct NewId(StreamId Id, bool HasMilliseconds, bool HasSequence)
{
    /// <summary>Whether the id given is one that no entry can have.</summary>
    internal bool IsZero => HasSequence && Id == StreamId.Zero;

    internal static bool TryParse(ReadOnlySpan<byte> text, out NewId id)
    {
        if (text.SequenceEqual("*"u8))
        {
            id = default;
            return true;
        }

        bool hasSequence = !text.EndsWith("-*"u8);
        bool isId = StreamId.TryParse(hasSequence ? text : text[..^2], 0, out StreamId given);
        id = new NewId(given, HasMilliseconds: true, hasSequence);
        return isId && (hasSequence || !text[..^2].Contains((byte)'-'));
    }

    /// <summary>Makes the whole id.</summary>
    /// <returns>False when it is not larger than the last.</returns>
    internal bool TryResolve(StreamKey stream, StreamId last, out StreamId id)
    {
        if (!HasMilliseconds)
        {
            return stream.TryNextId(last, out id);
        }

        bool continues = !HasSequence && Id.Milliseconds == last.Milliseconds;
        id = continues ? last.Next : Id;
        return id > last && id.Milliseconds == Id.Milliseconds;
    }
}
