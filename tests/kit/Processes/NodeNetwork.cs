using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Marekvs.Testing.Processes;

/// <summary>
/// Network namespaces, one for each node, on one bridge; whoever made them reaches all of them, whatever is cut between
/// them. Cutting is dropping packets where they arrive, so links can be cut one way.
/// </summary>
public sealed class NodeNetwork : IDisposable
{
    private const int Maker = 254;

    private static int s_made;

    private readonly string _name;
    private readonly string _subnet;
    private readonly int _count;

    private NodeNetwork(int count)
    {
        // Names of devices are short. The process number keeps runs side by side apart, the letter one network from the
        // next: what is deleted may take a moment to be gone.
        int made = Interlocked.Increment(ref s_made) % 26;
        int number = (Environment.ProcessId * 26) + made;
        _count = count;
        _name = string.Create(CultureInfo.InvariantCulture, $"mk{Environment.ProcessId}{(char)('a' + made)}");
        _subnet = string.Create(CultureInfo.InvariantCulture, $"10.{100 + (number / 250 % 150)}.{number % 250}");
    }

    /// <summary>Makes the network.</summary>
    /// <param name="count">How many nodes.</param>
    /// <exception cref="InvalidOperationException">This machine cannot, or this user may not.</exception>
    public static NodeNetwork Create(int count)
    {
        var network = new NodeNetwork(count);
        try
        {
            network.Build();
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>The command that runs another one in the namespace of a node.</summary>
    public IReadOnlyList<string> LauncherOf(int node) => ["ip", "netns", "exec", NamespaceOf(node)];

    public IPAddress AddressOf(int node) => IPAddress.Parse($"{_subnet}.{node}");

    /// <summary>Nothing of one node reaches another any more.</summary>
    public void CutOneWay(int from, int to) =>
        Inside(to, "iptables", "-A", "INPUT", "-s", $"{AddressOf(from)}", "-j", "DROP");

    /// <summary>Two nodes cannot reach each other any more.</summary>
    public void Cut(int one, int other)
    {
        CutOneWay(one, other);
        CutOneWay(other, one);
    }

    /// <summary>A node can reach no other any more.</summary>
    public void Isolate(int node)
    {
        foreach (int other in Numbers.Where(number => number != node))
        {
            Cut(node, other);
        }
    }

    /// <summary>A share of all packets between nodes is lost.</summary>
    public void Lose(double share)
    {
        foreach (int node in Numbers)
        {
            string maker = $"{_subnet}.{Maker}";
            Inside(node, ["iptables", "-A", "INPUT", "!", "-s", maker, "!", "-i", "lo", .. Share(share), "-j", "DROP"]);
        }
    }

    /// <summary>A share of all packets between nodes arrives twice, and another share late, behind those sent after it.
    /// </summary>
    public void DuplicateAndReorder(double share)
    {
        foreach (int node in Numbers)
        {
            // A narrow class beside a wide one: who is sent through it is overtaken.
            Inside(node, "tc", "qdisc", "add", "dev", "eth0", "root", "handle", "1:", "htb", "default", "10");
            Inside(node, "tc", "class", "add", "dev", "eth0", "parent", "1:", "classid", "1:10", "htb", "rate", "1gbit");
            Inside(node, "tc", "class", "add", "dev", "eth0", "parent", "1:", "classid", "1:20", "htb", "rate", "2mbit");
            foreach (string other in Numbers.Where(number => number != node).Select(number => $"{AddressOf(number)}"))
            {
                Inside(node, [.. LeavingFor(other), .. Share(share), "-j", "CLASSIFY", "--set-class", "1:20"]);
                Inside(node, [.. LeavingFor(other), .. Share(share), "-j", "TEE", "--gateway", other]);
            }
        }
    }

    /// <summary>How many packets were dropped, doubled or delayed so far.</summary>
    public long Disturbed => Numbers.Sum(node => Inside(node, "iptables", "-t", "mangle", "-nvxL", "POSTROUTING")
        .Concat(Inside(node, "iptables", "-nvxL", "INPUT"))
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words.Length > 2 && words[2] is "DROP" or "TEE" or "CLASSIFY")
        .Sum(words => long.Parse(words[0], CultureInfo.InvariantCulture)));

    /// <summary>Bytes that went in and out of a node.</summary>
    public long BytesOf(int node) => new[] { "rx_bytes", "tx_bytes" }.Sum(direction => long.Parse(
        File.ReadAllText($"/sys/class/net/{_name}v{node}/statistics/{direction}"), CultureInfo.InvariantCulture));

    /// <summary>All links are whole again.</summary>
    public void Heal()
    {
        foreach (int node in Numbers)
        {
            Inside(node, "iptables", "-F", "INPUT");
            Inside(node, "iptables", "-t", "mangle", "-F", "POSTROUTING");
            TryRun("ip", "netns", "exec", NamespaceOf(node), "tc", "qdisc", "del", "dev", "eth0", "root");
        }
    }

    public void Dispose()
    {
        foreach (int node in Numbers)
        {
            TryRun("ip", "netns", "del", NamespaceOf(node));
            TryRun("ip", "link", "del", $"{_name}v{node}");
        }

        TryRun("ip", "link", "del", _name);
    }

    private IEnumerable<int> Numbers => Enumerable.Range(1, _count);

    private void Build()
    {
        Run("ip", "link", "add", _name, "type", "bridge");
        Run("ip", "addr", "add", $"{_subnet}.{Maker}/24", "dev", _name);
        Run("ip", "link", "set", _name, "up");
        foreach (int node in Numbers)
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

    private static IEnumerable<string> LeavingFor(string address) =>
        ["iptables", "-t", "mangle", "-A", "POSTROUTING", "-d", address];

    private static IEnumerable<string> Share(double share) =>
    [
        "-m", "statistic", "--mode", "random", "--probability", share.ToString(CultureInfo.InvariantCulture),
    ];

    private string[] Inside(int node, params string[] command) => Run([.. LauncherOf(node), .. command]);

    private static string[] Run(params string[] command)
    {
        using Process process = Start(command);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Split('\n')
            : throw new InvalidOperationException($"{string.Join(' ', command)}: {errors.Result}");
    }

    private static Process Start(string[] command)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(command[0], command[1..])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"{command[0]}: {e.Message}", e);
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
