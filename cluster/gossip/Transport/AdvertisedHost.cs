using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Marekvs.Cluster.Gossip.Transport;

/// <summary>Under which name or address others reach this node.</summary>
internal static class AdvertisedHost
{
    /// <summary>What the settings say; else the address it listens on; else, when it listens on all, the first of the
    /// machine that others can reach.</summary>
    public static string Of(GossipSettings settings)
    {
        if (settings.Advertise is string given)
        {
            return given;
        }

        if (!settings.Gossip.IsEverywhere)
        {
            return settings.Gossip.Host == "localhost" ? IPAddress.Loopback.ToString() : settings.Gossip.Host;
        }

        IPAddress? first = NetworkInterface.GetAllNetworkInterfaces()
            .Where(card => card.OperationalStatus == OperationalStatus.Up)
            .SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(address => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal)
            .OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)
            .FirstOrDefault();
        return (first ?? IPAddress.Loopback).ToString();
    }
}
