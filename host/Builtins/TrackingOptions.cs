using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;
using Marekvs.Host.Connections;
using Marekvs.Host.Tracking;

namespace Marekvs.Host.Builtins;

/// <summary>Reads the options of CLIENT TRACKING, and sees whether they go together.</summary>
internal static class TrackingOptions
{
    /// <summary>Reads the options.</summary>
    /// <param name="args">The command; options begin at argument 3.</param>
    /// <param name="session">Who asks.</param>
    /// <param name="mode">What is asked for.</param>
    /// <returns>What is wrong with the words themselves; empty when nothing is.</returns>
    public static byte[] Read(CommandArgs args, Session session, out TrackingMode mode)
    {
        mode = new TrackingMode();
        List<byte[]> prefixes = [];
        for (int i = 3; i < args.Count; i++)
        {
            bool hasValue = i + 1 < args.Count;
            if (Is(args[i], "REDIRECT"u8) && hasValue)
            {
                if (mode.Redirect != 0)
                {
                    return [.. "ERR A client can only redirect to a single other client"u8];
                }

                if (!RedisNumber.TryParseInt64(args[++i], out long id))
                {
                    return [.. RespErrors.NotInteger];
                }

                if (session.Clients.Find(id) is null)
                {
                    return [.. "ERR The client ID you want redirect to does not exist"u8];
                }

                mode = mode with { Redirect = id };
            }
            else if (Is(args[i], "PREFIX"u8) && hasValue)
            {
                prefixes.Add(args[++i].ToArray());
            }
            else if (!TryReadSwitch(args[i], ref mode))
            {
                return [.. RespErrors.Syntax];
            }
        }

        mode = mode with { Prefixes = prefixes };
        return [];
    }

    /// <summary>Sees whether options go together, with each other and with what the connection does already.</summary>
    /// <param name="mode">What is asked for.</param>
    /// <param name="before">What the connection does.</param>
    /// <returns>What is wrong; empty when nothing is.</returns>
    public static byte[] Check(TrackingMode mode, TrackingMode? before)
    {
        if (!mode.IsBroadcast && mode.Prefixes.Count > 0)
        {
            return [.. "ERR PREFIX option requires BCAST mode to be enabled"u8];
        }

        if (before is not null && before.IsBroadcast != mode.IsBroadcast)
        {
            return [.. "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it with a different mode."u8];
        }

        if (mode.IsBroadcast && (mode.IsOptIn || mode.IsOptOut))
        {
            return [.. "ERR OPTIN and OPTOUT are not compatible with BCAST"u8];
        }

        if (mode is { IsOptIn: true, IsOptOut: true })
        {
            return [.. "ERR You can't specify both OPTIN mode and OPTOUT mode"u8];
        }

        if (before is not null && ((mode.IsOptIn && before.IsOptOut) || (mode.IsOptOut && before.IsOptIn)))
        {
            return [.. "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it with a different mode."u8];
        }

        return FindOverlap(mode.Prefixes, before?.Prefixes ?? []);
    }

    /// <summary>A key must fall under one prefix of a connection at most.</summary>
    private static byte[] FindOverlap(IReadOnlyList<byte[]> prefixes, IReadOnlyList<byte[]> existing)
    {
        for (int i = 0; i < prefixes.Count; i++)
        {
            foreach (byte[] other in existing)
            {
                if (Overlap(prefixes[i], other))
                {
                    return Overlapping(prefixes[i], "an existing prefix", other);
                }
            }

            for (int j = i + 1; j < prefixes.Count; j++)
            {
                if (Overlap(prefixes[i], prefixes[j]))
                {
                    return Overlapping(prefixes[i], "another provided prefix", prefixes[j]);
                }
            }
        }

        return [];
    }

    private static bool Overlap(byte[] left, byte[] right) =>
        left.AsSpan().StartsWith(right) || right.AsSpan().StartsWith(left);

    private static byte[] Overlapping(byte[] prefix, string which, byte[] other) =>
    [
        .. "ERR Prefix '"u8, .. prefix, .. "' overlaps with "u8, .. Encoding.ASCII.GetBytes(which), .. " '"u8, .. other,
        .. "'. Prefixes for a single client must not overlap."u8,
    ];

    private static bool TryReadSwitch(ReadOnlySpan<byte> word, ref TrackingMode mode)
    {
        if (Is(word, "BCAST"u8))
        {
            mode = mode with { IsBroadcast = true };
        }
        else if (Is(word, "OPTIN"u8))
        {
            mode = mode with { IsOptIn = true };
        }
        else if (Is(word, "OPTOUT"u8))
        {
            mode = mode with { IsOptOut = true };
        }
        else if (Is(word, "NOLOOP"u8))
        {
            mode = mode with { IsNoLoop = true };
        }
        else
        {
            return false;
        }

        return true;
    }

    private static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> option) => Ascii.EqualsIgnoreCase(word, option);
}
