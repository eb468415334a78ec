using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Streams;

/// <summary>XREAD: entries beyond an id, of many streams, now or once there are some.</summary>
internal static class StreamReads
{
    private static Reply OnlyInGroups => Reply.Error(
        "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option."u8);

    internal static Reply Read(in CommandCall call)
    {
        if (!ReadOptions.TryParse(call.Args, out ReadOptions options, out Reply error))
        {
            return error;
        }

        if (call.Keyspace.WaitState is not StreamId[] after &&
            !TryResolve(call, options, out after, out error))
        {
            return error;
        }

        var answer = new StreamAnswers(call.Writer);
        for (int i = 0; i < options.Streams; i++)
        {
            if (!StreamKey.TryOpen(call, call.Args[options.FirstKey + i], out StreamKey stream))
            {
                return Reply.WrongType;
            }

            EntryWalk walk = EntryWalk.Forward(stream.Key, after[i].Next, StreamId.Max);
            if (after[i] != StreamId.Max && walk.MoveNext())
            {
                StreamRanges.Answer(answer.Begin(stream.Key.Name), EntryWalk.Forward(
                    stream.Key, after[i].Next, StreamId.Max), options.Count);
            }
        }

        if (answer.Count == 0 && options.Blocks && call.Retry != CallRetry.TimedOut)
        {
            call.Keyspace.WaitState = after;
            return Reply.WaitForKeys(options.Timeout, StreamRecords.Type);
        }

        return answer.Complete();
    }

    /// <summary>Finds behind which id each stream is to be read, "from now on" included.</summary>
    private static bool TryResolve(
        scoped in CommandCall call, scoped in ReadOptions options, out StreamId[] after, out Reply error)
    {
        after = new StreamId[options.Streams];
        error = default;
        for (int i = 0; i < after.Length; i++)
        {
            ReadOnlySpan<byte> id = call.Args[options.FirstKey + options.Streams + i];
            if (!StreamKey.TryOpen(call, call.Args[options.FirstKey + i], out StreamKey stream))
            {
                error = Reply.WrongType;
                return false;
            }

            if (id.SequenceEqual("$"u8) || id.SequenceEqual("+"u8))
            {
                after[i] = id[0] == (byte)'$' ? stream.LastId : stream.NewestId.Previous;
            }
            else if (!StreamId.TryParse(id, 0, out after[i]))
            {
                error = id.SequenceEqual(">"u8) ? OnlyInGroups : StreamErrors.InvalidId;
                return false;
            }
        }

        return true;
    }
}

/// <summary>The answer of XREAD and XREADGROUP: for each stream that has something its name and its entries; nothing at
/// all when none has.</summary>
/// <param name="writer">Receives it.</param>
internal sealed class StreamAnswers(RespWriter writer)
{
    private readonly int _mark = writer.Length;
    private int _last;

    /// <summary>Streams begun.</summary>
    internal int Count { get; private set; }

    /// <summary>Begins the part of one stream.</summary>
    /// <returns>Receives the array of its entries.</returns>
    internal RespWriter Begin(ReadOnlySpan<byte> key)
    {
        Count++;
        _last = writer.Length;
        if (writer.ProtocolVersion < 3)
        {
            writer.Array(2);
        }

        writer.Bulk(key);
        return writer;
    }

    /// <summary>The stream begun last has nothing.</summary>
    internal void TakeBack()
    {
        Count--;
        writer.RollBackTo(_last);
    }

    internal Reply Complete()
    {
        if (Count == 0)
        {
            return Reply.NilArray;
        }

        if (writer.ProtocolVersion < 3)
        {
            writer.ArraySince(_mark, Count);
        }
        else
        {
            writer.MapSince(_mark, Count);
        }

        return Reply.Written;
    }
}
