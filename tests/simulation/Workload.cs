using System.Globalization;

namespace Marekvs.Simulation.Tests;

/// <summary>Random commands of clients. A key's name says what happens to it:
/// <c>set, hash, count, text, life</c>.</summary>
internal sealed class Workload(Random random, Oracle oracle, Action<string> trace, bool flushes)
{
    public const int KeysOfKind = 3;

    private long _written;

    /// <summary>Runs one command at a node.</summary>
    public void Step(SimulatedNode node)
    {
        int number = random.Next(KeysOfKind);
        string unique = (++_written).ToString(CultureInfo.InvariantCulture);
        switch (random.Next(flushes ? 205 : 200))
        {
            case < 35:
                Do(node, OperationKind.Write, $"set{number}", "e" + unique, "SADD", $"set{number}", "e" + unique);
                break;
            case < 50:
                RemoveElement(node, $"set{number}", "SMEMBERS", "SREM");
                break;
            case < 55:
                Delete(node, $"set{number}", "SMEMBERS", number);
                break;
            case < 80:
                Do(node, OperationKind.Write, $"hash{number}", "f" + unique, "HSET", $"hash{number}", "f" + unique, "v" + unique);
                break;
            case < 92:
                RemoveElement(node, $"hash{number}", "HKEYS", "HDEL");
                break;
            case < 96:
                Delete(node, $"hash{number}", "HKEYS", number);
                break;
            case < 120:
                Count(node, $"count{number}", "INCRBY", $"count{number}");
                break;
            case < 126:
                DeleteCount(node, $"count{number}", number);
                break;
            case < 140:
                Count(node, $"tally{number}", "HINCRBY", $"tally{number}", "c");
                break;
            case < 143:
                DeleteCount(node, $"tally{number}", number);
                break;
            case < 165:
                Do(node, OperationKind.Write, $"text{number}", "", "SET", $"text{number}", unique);
                break;
            case < 172:
                Delete(node, $"text{number}", "GET", number);
                break;
            case < 200:
                Live(node, $"life{number}", unique);
                break;
            default:
                Do(node, OperationKind.Flush, "", "", "FLUSHALL");
                break;
        }
    }

    private void Count(SimulatedNode node, string key, params string[] command)
    {
        long amount = random.Next(1, 10);
        Run(node, [.. command, amount.ToString(CultureInfo.InvariantCulture)]);
        oracle.Add(OperationKind.Count, node, key, "", amount, []);
    }

    private void DeleteCount(SimulatedNode node, string key, int number)
    {
        if (number > 0)
        {
            Do(node, OperationKind.Delete, key, "", "DEL", key);
        }
    }

    /// <summary>Number 0 of a kind is never deleted.</summary>
    private void Delete(SimulatedNode node, string key, string show, int number)
    {
        if (number > 0)
        {
            string[] shown = Show(node, show, key);
            Run(node, "DEL", key);
            oracle.Add(OperationKind.Delete, node, key, "", 0, shown);
        }
    }

    private void RemoveElement(SimulatedNode node, string key, string show, string remove)
    {
        string[] shown = Show(node, show, key);
        if (shown.Length > 0)
        {
            string element = shown[random.Next(shown.Length)];
            Run(node, remove, key, element);
            oracle.Add(OperationKind.Remove, node, key, element, 0, shown);
        }
    }

    /// <summary>Keys with a time to live: all nodes must agree, whatever it is they agree on.</summary>
    private void Live(SimulatedNode node, string key, string unique)
    {
        string milliseconds = random.Next(1, 3000).ToString(CultureInfo.InvariantCulture);
        _ = random.Next(7) switch
        {
            0 or 1 => Run(node, "SET", key, unique, "PX", milliseconds),
            2 => Run(node, "PEXPIRE", key, milliseconds),
            3 => Run(node, "PERSIST", key),
            4 => Run(node, "SADD", "lifeset" + key, unique),
            5 => Run(node, "PEXPIRE", "lifeset" + key, milliseconds),
            _ => Run(node, "APPEND", key, unique),
        };
    }

    private void Do(SimulatedNode node, OperationKind kind, string key, string element, params string[] command)
    {
        string[] shown = kind == OperationKind.Write && element.Length == 0 ? Show(node, "GET", key) : [];
        Run(node, command);
        long amount = element.Length == 0 && kind == OperationKind.Write ? _written : 0;
        oracle.Add(kind, node, key, element, amount, shown);
    }

    private static string[] Show(SimulatedNode node, string command, string key)
    {
        if (command != "GET")
        {
            return node.RunMany(command, key);
        }

        string[] lines = node.Run("GET", key).Split("\r\n");
        return lines[0] == "$-1" ? [] : [lines[1]];
    }

    private string Run(SimulatedNode node, params string[] command)
    {
        string reply = node.Run(command);
        trace($"{node} {string.Join(' ', command)} -> {reply.TrimEnd().Replace("\r\n", " ", StringComparison.Ordinal)}");
        return reply;
    }
}
