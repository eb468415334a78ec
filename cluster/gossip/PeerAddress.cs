using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Marekvs.Cluster.Gossip;

/// <summary>Where a peer is reached: an address or a name, and a port. Only the transport resolves names.</summary>
/// <param name="Host">An IP address without brackets, or a DNS name.</param>
/// <param name="Port">The port.</param>
internal readonly record struct PeerAddress(string Host, ushort Port)
{
    /// <summary>The longest DNS name.</summary>
    public const int HostBytesMax = 253;

    /// <summary>The host that means every address of the machine.</summary>
    public const string Everywhere = "*";

    /// <summary>Whether it names every address of the machine; only for listening.</summary>
    public bool IsEverywhere => Host is Everywhere or "0.0.0.0" or "::";

    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out IPAddress? ip) && IPAddress.IsLoopback(ip));

    /// <summary>Reads <c>host:port</c>; IPv6 addresses stand in brackets.</summary>
    /// <param name="text">The text.</param>
    /// <param name="defaultPort">The port when none is given; 0 when one must be.</param>
    /// <param name="address">What it says.</param>
    public static bool TryParse(string text, ushort defaultPort, out PeerAddress address)
    {
        address = default;
        string trimmed = text.Trim();
        int bracket = trimmed.LastIndexOf(']');
        int colon = trimmed.LastIndexOf(':');
        bool hasPort = colon > bracket;
        ushort port = defaultPort;
        if (hasPort &&
            !ushort.TryParse(trimmed[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port))
        {
            return false;
        }

        string host = (hasPort ? trimmed[..colon] : trimmed).Trim('[', ']');
        if (!IsHost(host) || (!hasPort && defaultPort == 0))
        {
            return false;
        }

        address = new PeerAddress(host, port);
        return true;
    }

    /// <summary>Whether a text can be a host: bounded, and made of what names and addresses are made of.</summary>
    public static bool IsHost([NotNullWhen(true)] string? host) =>
        host is { Length: > 0 and <= HostBytesMax } &&
        host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '%' or '*');

    public override string ToString() =>
        Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
