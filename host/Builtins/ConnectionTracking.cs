using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;
using Marekvs.Host.Connections;
using Marekvs.Host.Tracking;

namespace Marekvs.Host.Builtins;

/// <summary>The subcommands of CLIENT about client-side caching.</summary>
internal static class ConnectionTracking
{
    public static Reply Tracking(in CommandCall call)
    {
        var session = (Session)call.Session;
        byte[] mistake = TrackingOptions.Read(call.Args, session, out TrackingMode mode);
        if (mistake.Length > 0)
        {
            return Reply.Error(mistake);
        }

        if (Ascii.EqualsIgnoreCase(call.Args[2], "OFF"u8))
        {
            session.Clients.Tracking.Stop(session);
            return Reply.Ok;
        }

        if (!Ascii.EqualsIgnoreCase(call.Args[2], "ON"u8))
        {
            return Reply.SyntaxError;
        }

        mistake = TrackingOptions.Check(mode, session.Tracking.Mode);
        if (mistake.Length > 0)
        {
            return Reply.Error(mistake);
        }

        // A broadcast without a prefix is about all keys.
        session.Clients.Tracking.Start(
            session, mode is { IsBroadcast: true, Prefixes.Count: 0 } ? mode with { Prefixes = [[]] } : mode);
        return Reply.Ok;
    }

    public static Reply Caching(in CommandCall call)
    {
        SessionTracking tracking = ((Session)call.Session).Tracking;
        if (tracking.Mode is not { } mode)
        {
            return Reply.Error(
                "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled"u8);
        }

        bool isYes = Ascii.EqualsIgnoreCase(call.Args[2], "YES"u8);
        if (!isYes && !Ascii.EqualsIgnoreCase(call.Args[2], "NO"u8))
        {
            return Reply.SyntaxError;
        }

        if (isYes && !mode.IsOptIn)
        {
            return Reply.Error("ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode."u8);
        }

        if (!isYes && !mode.IsOptOut)
        {
            return Reply.Error("ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode."u8);
        }

        tracking.IsCachingGiven = true;
        return Reply.Ok;
    }

    public static Reply GetRedirect(in CommandCall call) =>
        Reply.Integer(((Session)call.Session).Tracking.Mode?.Redirect ?? -1);

    public static Reply Info(in CommandCall call)
    {
        SessionTracking tracking = ((Session)call.Session).Tracking;
        RespWriter writer = call.Writer;
        List<string> flags = FlagsOf(tracking);
        writer.Map(3);
        writer.Bulk("flags"u8);
        writer.Set(flags.Count);
        flags.ForEach(writer.Bulk);
        writer.Bulk("redirect"u8);
        writer.Integer(tracking.Mode?.Redirect ?? -1);
        writer.Bulk("prefixes"u8);
        IReadOnlyList<byte[]> prefixes = tracking.Mode?.Prefixes ?? [];
        writer.Array(prefixes.Count);
        foreach (byte[] prefix in prefixes)
        {
            writer.Bulk(prefix);
        }

        return Reply.Written;
    }

    private static List<string> FlagsOf(SessionTracking tracking)
    {
        if (tracking.Mode is not { } mode)
        {
            return ["off"];
        }

        List<string> flags = ["on"];
        AddIf(flags, mode.IsBroadcast, "bcast");
        AddIf(flags, mode.IsOptIn, "optin");
        AddIf(flags, mode.IsOptIn && tracking.IsCachingGiven, "caching-yes");
        AddIf(flags, mode.IsOptOut, "optout");
        AddIf(flags, mode.IsOptOut && tracking.IsCachingGiven, "caching-no");
        AddIf(flags, mode.IsNoLoop, "noloop");
        AddIf(flags, tracking.IsRedirectBroken, "broken_redirect");
        return flags;
    }

    private static void AddIf(List<string> flags, bool condition, string flag)
    {
        if (condition)
        {
            flags.Add(flag);
        }
    }
}
