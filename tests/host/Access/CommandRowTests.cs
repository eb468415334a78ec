using Marekvs.Host.Tests.Startup;
using Marekvs.Testing;

namespace Marekvs.Host.Tests.Access;

/// <summary>
/// What access rules go by, compared with redis-server command by command: categories and the uses of keys.
/// </summary>
[TestClass]
public sealed class CommandRowTests
{
    [TestMethod]
    public async Task CommandInfo_EveryRowRedisHasToo_HasItsCategoriesAndKeyUses()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection ours = node.Connect();
        using var redis = new RedisServer();
        List<string> differences = [];
        foreach (string name in Names(ours.Run("COMMAND LIST")))
        {
            string query = $"COMMAND INFO {name}";
            string[] their = Words(redis.Run(query));
            string[] our = Words(ours.Run(query));
            if (their.Length > 0 && !their.SequenceEqual(our))
            {
                differences.Add($"{name}: {string.Join(' ', our)} but Redis {string.Join(' ', their)}");
            }
        }

        Assert.IsEmpty(differences, string.Join('\n', differences));
    }

    [TestMethod]
    [DataRow("SET k v")]
    [DataRow("SET k v GET")]
    [DataRow("SET k v EX 10 NX")]
    [DataRow("COPY a b")]
    [DataRow("RENAME a b")]
    [DataRow("MSET a 1 b 2")]
    [DataRow("DEL a b c")]
    [DataRow("EXISTS a")]
    [DataRow("OBJECT ENCODING k")]
    [DataRow("ZUNIONSTORE d 2 a b WEIGHTS 1 2")]
    [DataRow("ZINTERCARD 2 a b LIMIT 3")]
    [DataRow("BZMPOP 0 2 a b MIN")]
    [DataRow("BZPOPMIN a b 0")]
    public async Task GetKeysAndFlags_Call_SaysWhatRedisSays(string command)
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection ours = node.Connect();
        using var redis = new RedisServer();
        Assert.AreEqual(
            redis.Run($"COMMAND GETKEYSANDFLAGS {command}"), ours.Run($"COMMAND GETKEYSANDFLAGS {command}"));
    }

    [TestMethod]
    public async Task AclCat_Category_IsWhatCommandListFilters()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = node.Connect();
        string[] all = Names(client.Run("COMMAND LIST"));
        foreach (string category in Names(client.Run("ACL CAT")))
        {
            string listed = client.Run($"COMMAND LIST FILTERBY ACLCAT {category}");
            Assert.AreEqual(listed, client.Run($"ACL CAT {category}"));
            CollectionAssert.IsSubsetOf(Names(listed), all);
        }

        CollectionAssert.AreEquivalent(
            all, Names(client.Run("ACL CAT fast")).Concat(Names(client.Run("ACL CAT slow"))).ToArray());
    }

    private static string[] Names(string reply) =>
        [.. reply.Split("\r\n").Where(line => line.Length > 0 && line[0] is not ('*' or '$'))];

    /// <summary>The categories and the words of key specifications in the description of a row itself, without its
    /// subcommands.</summary>
    private static string[] Words(string reply)
    {
        List<string> words = [];
        List<string> uses = [];
        int depth = 0;
        foreach (string line in reply.Split("\r\n"))
        {
            // Each row is an array of ten; a second one begins a subcommand.
            depth += line == "*10" ? 1 : 0;
            if (depth == 1 && line.StartsWith("+@", StringComparison.Ordinal))
            {
                words.Add(line[2..]);
            }
            else if (depth == 1 && line is "+RO" or "+RW" or "+OW" or "+RM" or "+access" or "+update" or "+insert"
                or "+delete" or "+variable_flags")
            {
                uses.Add(line[1..]);
            }
        }

        return [.. words.Order(StringComparer.Ordinal), .. uses];
    }
}
