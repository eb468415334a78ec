using System.Globalization;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.EndToEnd.Wire;

/// <summary>What a node says of itself in INFO, and what the system says of it.</summary>
internal static class ServerFigures
{
    /// <summary>A field of INFO as text.</summary>
    public static string Info(RespClient client, string field)
    {
        string prefix = field + ":";
        string? line = client.Call("INFO", "everything").Text.Split("\r\n")
            .FirstOrDefault(text => text.StartsWith(prefix, StringComparison.Ordinal));
        Assert.IsNotNull(line, $"INFO has no {field}");
        return line[prefix.Length..];
    }

    public static long InfoNumber(RespClient client, string field) =>
        long.Parse(Info(client, field), CultureInfo.InvariantCulture);

    /// <summary>Memory of the process's own, in bytes: mapped files are left out, the system can take them back.
    /// </summary>
    public static long AnonymousBytes(NodeProcess node)
    {
        string line = File.ReadLines($"/proc/{node.ProcessId}/status")
            .First(text => text.StartsWith("RssAnon:", StringComparison.Ordinal));
        string kilobytes = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return 1024 * long.Parse(kilobytes, CultureInfo.InvariantCulture);
    }
}
