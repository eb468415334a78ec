using Marekvs.Host.Tests.Plugins;
using Marekvs.Host.Tests.Startup;
using Marekvs.Testing;
using Replies = Marekvs.Testing.Resp;

namespace Marekvs.Host.Tests.Builtins;

/// <summary>The server's own commands, over a socket of a whole node.</summary>
[TestClass]
public sealed class ServerCommandTests
{
    private static TestNode? s_node;

    private readonly RedisConnection _client = s_node!.Connect();

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        var root = new PluginRoot("tally");
        root.AddFromHost("modules/keys");
        root.AddFromHost("modules/strings");
        s_node = await TestNode.StartAsync(root, ["keys", "strings", "tally"]);
    }

    [ClassCleanup]
    public static async Task StopAsync() => await s_node!.DisposeAsync();

    [TestCleanup]
    public void Disconnect() => _client.Dispose();

    [TestMethod]
    public void Save_AndWhatFollowsInOnePipeline_AnswerInOrder()
    {
        _client.Run("SET saved 1");
        _client.Send("SAVE");
        _client.Send("PING");

        Assert.AreEqual(Replies.Ok, _client.ReadReply());
        Assert.AreEqual("+PONG\r\n", _client.ReadReply());
        Assert.Contains("rdb_changes_since_last_save:0\r\n", _client.Run("INFO persistence"));
    }

    [TestMethod]
    public void Save_RepliesOff_AnswersNothing()
    {
        _client.Send("CLIENT REPLY OFF");
        _client.Send("SAVE");
        _client.Send("CLIENT REPLY ON");

        Assert.AreEqual(Replies.Ok, _client.ReadReply());
        Assert.AreEqual("+PONG\r\n", _client.Run("PING"));
    }

    [TestMethod]
    public void BgSave_Words_AreChecked()
    {
        Assert.StartsWith("+Background saving ", _client.Run("BGSAVE SCHEDULE"));
        Assert.AreEqual(Replies.SyntaxError, _client.Run("BGSAVE NOW"));
        Assert.AreEqual(Replies.SyntaxError, _client.Run("BGSAVE SCHEDULE SCHEDULE"));
        Assert.StartsWith(":1", _client.Run("LASTSAVE"));
        Assert.StartsWith("+Background append only file rewriting ", _client.Run("BGREWRITEAOF"));
    }

    [TestMethod]
    [DataRow("FLUSHALL")]
    [DataRow("FLUSHDB ASYNC")]
    [DataRow("flushall sync")]
    public void Flush_AnyForm_RemovesEveryKey(string command)
    {
        _client.Run("SET a 1");
        _client.Run("TALLY.ADD b m 1");

        Assert.AreEqual(Replies.Ok, _client.Run(command));
        Assert.AreEqual(":0\r\n", _client.Run("DBSIZE"));
        Assert.AreEqual(Replies.Nil, _client.Run("GET a"));
        Assert.AreEqual(":0\r\n", _client.Run("TALLY.LEN b"));
    }

    [TestMethod]
    [DataRow("FLUSHALL NOW")]
    [DataRow("FLUSHALL SYNC ASYNC")]
    public void Flush_OtherWords_AreRefused(string command) =>
        Assert.AreEqual(Replies.SyntaxError, _client.Run(command));

    [TestMethod]
    public void Role_EveryNode_IsAMaster() =>
        Assert.AreEqual("*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n", _client.Run("ROLE"));

    [TestMethod]
    public void Time_TwoParts_AreSecondsAndMicroseconds()
    {
        string[] parts = _client.Run("TIME").Split("\r\n");

        Assert.AreEqual("*2", parts[0]);
        Assert.HasCount(10, parts[2]);
        Assert.IsTrue(int.TryParse(parts[4], out int microseconds) && microseconds < 1_000_000);
    }

    [TestMethod]
    public void ConfigSet_Many_AreAllChanged()
    {
        Assert.AreEqual(Replies.Ok, _client.Run("CONFIG SET maxclients 500 TIMEOUT 100"));
        Assert.AreEqual(
            "*4\r\n$10\r\nmaxclients\r\n$3\r\n500\r\n$7\r\ntimeout\r\n$3\r\n100\r\n",
            _client.Run("CONFIG GET maxclients timeou?"));
        _client.Run("CONFIG SET maxclients 10000 timeout 0");
    }

    [TestMethod]
    public void ConfigSet_OneIsWrong_ChangesNone()
    {
        Assert.AreEqual(
            "-ERR CONFIG SET failed (possibly related to argument 'maxclients') - " +
            "argument must be between 1 and 2147483647 inclusive\r\n",
            _client.Run("CONFIG SET timeout 55 maxclients 0"));
        Assert.AreEqual("*2\r\n$7\r\ntimeout\r\n$1\r\n0\r\n", _client.Run("CONFIG GET timeout"));
    }

    [TestMethod]
    [DataRow("CONFIG SET nosuch 1", "-ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'")]
    [DataRow("CONFIG SET timeout", "-ERR wrong number of arguments for 'config|set' command")]
    [DataRow("CONFIG SET timeout 1 timeout", "-ERR wrong number of arguments for 'config|set' command")]
    [DataRow("CONFIG SET timeout 1 timeout 2",
        "-ERR CONFIG SET failed (possibly related to argument 'timeout') - duplicate parameter")]
    [DataRow("CONFIG SET port 1",
        "-ERR CONFIG SET failed (possibly related to argument 'port') - can't set immutable config")]
    [DataRow("CONFIG SET timeout x",
        "-ERR CONFIG SET failed (possibly related to argument 'timeout') - " +
        "argument couldn't be parsed into an integer")]
    [DataRow("CONFIG SET maxmemory lots",
        "-ERR CONFIG SET failed (possibly related to argument 'maxmemory') - argument must be a memory value")]
    [DataRow("CONFIG SET protected-mode maybe",
        "-ERR CONFIG SET failed (possibly related to argument 'protected-mode') - argument must be 'yes' or 'no'")]
    [DataRow("CONFIG SET notify-keyspace-events q",
        "-ERR CONFIG SET failed (possibly related to argument 'notify-keyspace-events') - " +
        "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.")]
    [DataRow("CONFIG SET client-output-buffer-limit \"foo 1 2 3\"",
        "-ERR CONFIG SET failed (possibly related to argument 'client-output-buffer-limit') - " +
        "Invalid client class specified in buffer limit configuration.")]
    [DataRow("CONFIG SET maxmemory-policy allkeys-lru",
        "-ERR CONFIG SET failed (possibly related to argument 'maxmemory-policy') - " +
        "argument(s) must be one of the following: noeviction")]
    public void ConfigSet_Wrong_AnswersAsRedis(string command, string expected) =>
        Assert.AreEqual(expected + "\r\n", _client.Run(command));

    [TestMethod]
    [DataRow("notify-keyspace-events", "KEA", "AKE")]
    [DataRow("notify-keyspace-events", "Kg$lshzxetd", "AK")]
    [DataRow("notify-keyspace-events", "", "")]
    [DataRow("proto-max-bulk-len", "1mb", "1048576")]
    [DataRow("maxmemory", "100mb", "104857600")]
    [DataRow("appendonly", "yes", "yes")]
    [DataRow("save", "", "")]
    [DataRow("client-output-buffer-limit", "pubsub 1mb 2kb 3",
        "normal 0 0 0 slave 268435456 67108864 60 pubsub 1048576 2048 3")]
    public void ConfigSet_Value_IsToldByGet(string name, string value, string shown)
    {
        Assert.AreEqual(Replies.Ok, _client.RunArguments("CONFIG", "SET", name, value));
        Assert.AreEqual($"*2\r\n${name.Length}\r\n{name}\r\n${shown.Length}\r\n{shown}\r\n",
            _client.RunArguments("CONFIG", "GET", name));
        _client.Run("CONFIG SET proto-max-bulk-len 512mb maxmemory 0");
    }

    /// <summary>Clients read all parameters and set what they read.</summary>
    [TestMethod]
    public void ConfigSet_WhatGetTells_IsAcceptedAndChangesNothing()
    {
        string all = _client.Run("CONFIG GET *");
        string[] words = [.. all.Split("\r\n").Skip(1).Where((_, i) => i % 2 == 1)];
        HashSet<string> names = [];
        for (int i = 0; i + 1 < words.Length; i += 2)
        {
            string answer = _client.RunArguments("CONFIG", "SET", words[i], words[i + 1]);
            Assert.IsTrue(names.Add(words[i]), words[i]);
            Assert.IsTrue(
                answer == Replies.Ok || answer.EndsWith("can't set immutable config\r\n", StringComparison.Ordinal),
                $"{words[i]}: {answer}");
        }

        Assert.AreEqual(all, _client.Run("CONFIG GET *"));
        Assert.IsTrue(names.IsSupersetOf(["maxmemory-samples", "replicaof", "slaveof", "bind", "loglevel"]));
    }

    [TestMethod]
    public void ConfigSet_WhatCannotBeHadOtherwise_SaysSo()
    {
        Assert.AreEqual(
            "-ERR CONFIG SET failed (possibly related to argument 'hz') - this server has it as '10' and in no other " +
            "way\r\n",
            _client.Run("CONFIG SET hz 100"));
        Assert.AreEqual(Replies.Ok, _client.Run("CONFIG SET hz 10"));
    }

    [TestMethod]
    public void Info_Sections_AreThoseAskedFor()
    {
        Assert.StartsWith("# CPU\r\nused_cpu_sys:", Body(_client.Run("INFO cpu")));
        Assert.AreEqual("", Body(_client.Run("INFO nosuch")));
        string two = Body(_client.Run("INFO Server CLUSTER"));
        Assert.Contains("# Server\r\nredis_version:", two);
        Assert.Contains("\r\n\r\n# Cluster\r\ncluster_enabled:0\r\n", two);
        Assert.DoesNotContain("# Clients", two);
        Assert.DoesNotContain("# Commandstats", _client.Run("INFO"));
        Assert.DoesNotContain("# Modules", _client.Run("INFO all"));
        Assert.Contains("# Modules\r\nmodule:name=", _client.Run("INFO everything"));
    }

    [TestMethod]
    public void Info_Figures_FollowWhatHappens()
    {
        _client.Run("CONFIG RESETSTAT");
        _client.Run("FLUSHALL");
        _client.Run("SET k v EX 100");
        _client.Run("GET k");
        _client.Run("GET absent");
        _client.Run("TALLY.ADD k m 1");
        string info = _client.Run("INFO everything");

        Assert.Contains("db0:keys=1,expires=1,avg_ttl=0\r\n", info);
        Assert.Contains("cmdstat_get:calls=2,usec=", info);
        Assert.Contains("errorstat_WRONGTYPE:count=1\r\n", info);
        Assert.Contains("total_error_replies:1\r\n", info);
        Assert.Contains("total_commands_processed:", info);
    }

    [TestMethod]
    public void Command_GetKeys_FindsThemOrSaysWhyNot()
    {
        Assert.AreEqual("*2\r\n$1\r\na\r\n$1\r\nc\r\n", _client.Run("COMMAND GETKEYS MSET a b c d"));
        Assert.AreEqual(
            "*1\r\n*2\r\n$1\r\na\r\n*2\r\n+RO\r\n+access\r\n", _client.Run("COMMAND GETKEYSANDFLAGS GET a"));
        Assert.AreEqual("-ERR The command has no key arguments\r\n", _client.Run("COMMAND GETKEYS PING"));
        Assert.AreEqual("-ERR Invalid command specified\r\n", _client.Run("COMMAND GETKEYS NOSUCH a"));
        Assert.AreEqual(
            "-ERR Invalid number of arguments specified for command\r\n", _client.Run("COMMAND GETKEYS SET a"));
    }

    [TestMethod]
    public void Command_ListFilters_Narrow()
    {
        Assert.AreEqual(
            "*1\r\n$9\r\ntally.len\r\n", _client.Run("COMMAND LIST FILTERBY PATTERN tally.l*"));
        Assert.Contains("config|get", _client.Run("COMMAND LIST FILTERBY ACLCAT admin"));
        Assert.AreEqual("*0\r\n", _client.Run("COMMAND LIST FILTERBY ACLCAT nosuch"));
        Assert.AreEqual("*0\r\n", _client.Run("COMMAND LIST FILTERBY MODULE nosuch"));
        Assert.AreEqual(Replies.SyntaxError, _client.Run("COMMAND LIST FILTERBY COLOUR red"));
    }

    private static string Body(string bulk) => bulk[(bulk.IndexOf('\n', StringComparison.Ordinal) + 1)..^2];
}
