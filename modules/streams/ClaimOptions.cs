using Marekvs.Abstractions.Commands;

namespace Marekvs.Modules.Streams;

/// <summary>What XCLAIM is asked for:
/// <c>id [id ...] [IDLE ms] [TIME ms] [RETRYCOUNT n] [FORCE] [JUSTID] [LASTID id]</c>.</summary>
internal struct ClaimOptions
{
    /// <summary>The argument that is the first id.</summary>
    internal const int FirstId = 5;

    internal int Ids { get; private set; }

    /// <summary>Unix milliseconds the entries are said to be delivered at.</summary>
    internal long DeliveredAt { get; private set; }

    /// <summary>The number of deliveries to set, or null.</summary>
    internal long? Deliveries { get; private set; }

    /// <summary>Claim entries that are not pending at all.</summary>
    internal bool Forces { get; private set; }

    /// <summary>Answer with ids alone, and count no delivery.</summary>
    internal bool JustId { get; private set; }

    /// <summary>The group has read up to here at least.</summary>
    internal StreamId LastId { get; private set; }

    internal static bool TryParse(CommandArgs args, long now, out ClaimOptions options, out Reply error)
    {
        options = new ClaimOptions { DeliveredAt = now };
        error = StreamErrors.InvalidId;
        int i = FirstId;
        while (i < args.Count && StreamId.TryParse(args[i], 0, out _))
        {
            i++;
        }

        options.Ids = i - FirstId;
        for (; i < args.Count; i++)
        {
            if (!options.TryTake(args, ref i, now, out error))
            {
                return false;
            }
        }

        if (options.DeliveredAt < 0 || options.DeliveredAt > now)
        {
            options.DeliveredAt = now;
        }

        return true;
    }

    private bool TryTake(CommandArgs args, scoped ref int i, long now, out Reply error)
    {
        error = default;
        bool hasMore = i + 1 < args.Count;
        ReadOnlySpan<byte> word = args[i];
        if (word.Is("FORCE"u8))
        {
            Forces = true;
        }
        else if (word.Is("JUSTID"u8))
        {
            JustId = true;
        }
        else if (hasMore && (word.Is("IDLE"u8) || word.Is("TIME"u8)))
        {
            bool isIdle = word.Is("IDLE"u8);
            error = RedisNumber.TryParseInt64(args[++i], out long time) ? default
                : Reply.Error(isIdle
                    ? "ERR Invalid IDLE option argument for XCLAIM"u8
                    : "ERR Invalid TIME option argument for XCLAIM"u8);
            DeliveredAt = isIdle ? unchecked(now - time) : time;
        }
        else if (hasMore && word.Is("RETRYCOUNT"u8))
        {
            bool isNumber = RedisNumber.TryParseInt64(args[++i], out long deliveries);
            error = isNumber ? default : Reply.Error("ERR Invalid RETRYCOUNT option argument for XCLAIM"u8);
            Deliveries = deliveries < 0 ? null : deliveries;
        }
        else if (hasMore && word.Is("LASTID"u8))
        {
            error = StreamId.TryParse(args[++i], 0, out StreamId last) ? default : StreamErrors.InvalidId;
            LastId = last;
        }
        else
        {
            error = Reply.Error((byte[])[.. "ERR Unrecognized XCLAIM option '"u8, .. word, .. "'"u8]);
        }

        return !error.IsError;
    }
}
