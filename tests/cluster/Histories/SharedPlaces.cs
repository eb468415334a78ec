using System.Globalization;
using System.Net.Sockets;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Cluster.Tests.Histories;

/// <summary>The keys that recording clients write, and how they are read in the end.</summary>
internal static class SharedPlaces
{
    public const string Set = "set";
    public const string Zset = "zset";
    public const string List = "list";
    public const string Stream = "stream";
    public const string FieldCounterKey = "counts";
    public const string FieldCounterField = "f";
    public const string FieldCounter = $"{FieldCounterKey}/{FieldCounterField}";

    private const int ClientsMax = 10;

    public static string Counter(int counter) => string.Create(CultureInfo.InvariantCulture, $"counter:{counter}");

    public static string Register(int register) => string.Create(CultureInfo.InvariantCulture, $"shared:{register}");

    public static string Own(int client) => string.Create(CultureInfo.InvariantCulture, $"own:{client}");

    public static (string Key, string Field) Field(int client, int field) =>
        ("fields", string.Create(CultureInfo.InvariantCulture, $"{client}.{field}"));

    /// <summary>What a node holds; null when it cannot say.</summary>
    public static ObservedState? Observe(NodeProcess node)
    {
        try
        {
            using RespClient client = node.Connect();
            var values = new Dictionary<string, string>();
            foreach (string key in Strings())
            {
                RespReply value = Ask(client, "GET", key);
                if (!value.IsNull)
                {
                    values[key] = value.Text;
                }
            }

            foreach (string key in (string[])[FieldCounterKey, Field(0, 0).Key])
            {
                foreach (RespReply[] pair in Ask(client, "HGETALL", key).Items.Chunk(2))
                {
                    values[$"{key}/{pair[0].Text}"] = pair[1].Text;
                }
            }

            return new ObservedState(values, new Dictionary<string, IReadOnlyList<string>>
            {
                [Set] = [.. Texts(Ask(client, "SMEMBERS", Set)).Order(StringComparer.Ordinal)],
                [Zset] = [.. Texts(Ask(client, "ZRANGE", Zset, "0", "-1"))],
                [List] = [.. Texts(Ask(client, "LRANGE", List, "0", "-1"))],
                [Stream] = [.. Ask(client, "XRANGE", Stream, "-", "+").Items.Select(e => e.Items[1].Items[1].Text)],
            });
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidOperationException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Strings() =>
    [
        .. Enumerable.Range(0, 2).Select(Counter),
        .. Enumerable.Range(0, 2).Select(Register),
        .. Enumerable.Range(0, ClientsMax).Select(Own),
    ];

    private static IEnumerable<string> Texts(RespReply reply) => reply.Items.Select(item => item.Text);

    private static RespReply Ask(RespClient client, params string[] command)
    {
        RespReply reply = client.Call(command);
        return reply.IsError ? throw new InvalidOperationException(reply.Text) : reply;
    }
}
