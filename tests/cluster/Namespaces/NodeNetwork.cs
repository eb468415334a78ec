using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Marekvs.Cluster.Tests.Namespaces;

/// <summary>
/// Network namespaces, one for each node, on one bridge; the test itself reaches all of them, whatever is cut between
/// them. Cutting is dropping packets where they arrive, so links can be cut one way.
/// </summary>
internal sealed class NodeNetwork : IDisposable
{
    private static int s_made;

    private readonly string _name;
    private readonly int _subnet;
    private readonly int _count;

    private NodeNetwork(int count)
    {
        // Names of devices are short. The process number keeps runs side by side apart, the letter one test from the
        // next: what is deleted may take a moment to be gone.
        int made = Interlocked.Increment(ref s_made);
        _count = count;
        _name = string.Create(CultureInfo.InvariantCulture, $"mk{Environment.ProcessId}{(char)('a' + (made % 26))}");
        _subnet = (Environment.ProcessId + made) % 250;
    }

    /// <summary>Makes the network, or says why this machine cannot.</summary>
    public static NodeNetwork Create(int count)
    {
        if (Environment.GetEnvironmentVariable("MAREKVS_SKIP_NETNS") == "1")
        {
            Assert.Inconclusive("network namespaces are skipped, as MAREKVS_SKIP_NETNS asks");
        }

        var network = new NodeNetwork(count);
        try
        {
            network.Build();
            return network;
        }
        catch (InvalidOperationException e)
        {
            network.Dispose();
            throw new AssertFailedException(
                "network namespaces cannot be made here; run as root, or set MAREKVS_SKIP_NETNS=1: " + e.Message);
        }
    }

    /// <summary>The command that runs another one in the namespace of a node.</summary>
    public IReadOnlyList<string> LauncherOf(int node) => ["ip", "netns", "exec", NamespaceOf(node)];

    public IPAddress AddressOf(int node) => IPAddress.Parse($"10.213.{_subnet}.{node}");

    /// <summary>Nothing of one node reaches another any more.</summary>
    public void CutOneWay(int from, int to) =>
        Run("ip", "netns", "exec", NamespaceOf(to), "iptables", "-A", "INPUT", "-s", $"{AddressOf(from)}", "-j", "DROP");

    /// <summary>Two nodes cannot reach each other any more.</summary>
    public void Cut(int one, int other)
    {
        CutOneWay(one, other);
        CutOneWay(other, one);
    }

    /// <summary>A share of all packets between nodes is lost.</summary>
    public void Lose(double share)
    {
        for (int node = 1; node <= _count; node++)
        {
            Run(
                "ip", "netns", "exec", NamespaceOf(node), "iptables", "-A", "INPUT", "!", "-s", $"10.213.{_subnet}.254",
                "!", "-i", "lo", "-m", "statistic", "--mode", "random", "--probability",
                share.ToString(CultureInfo.InvariantCulture), "-j", "DROP");
        }
    }

    /// <summary>All links are whole again.</summary>
    public void Heal()
    {
        for (int node = 1; node <= _count; node++)
        {
            Run("ip", "netns", "exec", NamespaceOf(node), "iptables", "-F", "INPUT");
        }
    }

    public void Dispose()
    {
        for (int node = 1; node <= _count; node++)
        {
            TryRun("ip", "netns", "del", NamespaceOf(node));
            TryRun("ip", "link", "del", $"{_name}v{node}");
        }

        TryRun("ip", "link", "del", _name);
    }

    private void Build()
    {
        Run("ip", "link", "add", _name, "type", "bridge");
        Run("ip", "addr", "add", $"10.213.{_subnet}.254/24", "dev", _name);
        Run("ip", "link", "set", _name, "up");
        for (int node = 1; node <= _count; node++)
        {
            string inside = NamespaceOf(node);
            string outside = $"{_name}v{node}";
            Run("ip", "netns", "add", inside);
            Run("ip", "link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", inside);
            Run("ip", "link", "set", outside, "master", _name, "up");
            Run("ip", "-n", inside, "addr", "add", $"{AddressOf(node)}/24", "dev", "eth0");
            Run("ip", "-n", inside, "link", "set", "eth0", "up");
            Run("ip", "-n", inside, "link", "set", "lo", "up");
        }
    }

    private string NamespaceOf(int node) => $"{_name}-{node}";

    private static void Run(params string[] command)
    {
        using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardError = true,
        })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)}: {errors}");
        }
    }

    private static void TryRun(params string[] command)
    {
        try
        {
            Run(command);
        }
        catch (InvalidOperationException)
        {
            // It was not there.
        }
    }
}
