using Marekvs.Host.Tests.Plugins;
using Marekvs.Host.Tests.Startup;
using Marekvs.Testing;

namespace Marekvs.Host.Tests.Builtins;

/// <summary>COMMAND answers have the shape redis-server gives them, compared command by command.</summary>
[TestClass]
public sealed class CommandShapeTests
{
    [TestMethod]
    public async Task CommandInfo_SameCommand_HasTheShapeOfRedis()
    {
        var root = new PluginRoot();
        root.AddFromHost("modules/keys");
        root.AddFromHost("modules/strings");
        await using TestNode node = await TestNode.StartAsync(root, ["keys", "strings"]);
        using RedisConnection ours = node.Connect();
        using var redis = new RedisServer();
        foreach (string hello in new[] { "", "HELLO 3" })
        {
            if (hello.Length > 0)
            {
                ours.Run(hello);
                redis.Run(hello);
            }

            foreach (string query in new[]
            {
                "COMMAND INFO GET", "COMMAND INFO ECHO", "COMMAND INFO DBSIZE",
                "COMMAND INFO TIME", "COMMAND INFO FLUSHALL", "COMMAND INFO INFO",
                "COMMAND INFO BGSAVE", "COMMAND INFO config|resetstat", "COMMAND INFO nosuch", "COMMAND GETKEYSANDFLAGS GET k",
                "ROLE", "CONFIG GET nosuch", "INFO nosuch", "COMMAND LIST FILTERBY PATTERN getse*", "CONFIG GET save",
            })
            {
                Assert.AreEqual(redis.Run(query), ours.Run(query), $"{query} {hello}");
            }
        }
    }

    [TestMethod]
    public async Task CommandDocs_EveryRow_SaysWhatItDoes()
    {
        var root = new PluginRoot();
        root.AddFromHost("modules/keys");
        root.AddFromHost("modules/strings");
        await using TestNode node = await TestNode.StartAsync(root, ["keys", "strings"]);
        using RedisConnection client = node.Connect();

        string docs = client.Run("COMMAND DOCS");

        Assert.DoesNotContain("$7\r\nsummary\r\n$0\r\n", docs);
        Assert.Contains("$7\r\nsummary\r\n", docs);
    }
}
