using Marekvs.Host.Tests.Startup;
using Marekvs.Testing;
using Replies = Marekvs.Testing.Resp;

namespace Marekvs.Host.Tests.Access;

/// <summary>What users may and may not run, and what refusals say.</summary>
[TestClass]
public sealed class AclEnforcementTests
{
    private static TestNode? s_node;

    private readonly RedisConnection _admin = s_node!.Connect();
    private readonly RedisConnection _client = s_node!.Connect();

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => s_node = await AclNode.StartAsync();

    [ClassCleanup]
    public static async Task StopAsync() => await s_node!.DisposeAsync();

    [TestInitialize]
    public void Begin()
    {
        _admin.Run("ACL SETUSER u reset on nopass");
        _admin.Run("ACL LOG RESET");
        Assert.AreEqual(Replies.Ok, _client.Run("AUTH u x"));
    }

    [TestCleanup]
    public void End()
    {
        _admin.Run("CONFIG SET requirepass \"\"");
        _admin.Run("ACL SETUSER default reset on nopass ~* &* +@all");
        _admin.Run("ACL DELUSER u v");
        _admin.Dispose();
        _client.Dispose();
    }

    [TestMethod]
    [DataRow("+@all ~*", "GET k", "")]
    [DataRow("+get ~*", "GET k", "")]
    [DataRow("+get ~*", "SET k v", "User u has no permissions to run the 'set' command")]
    [DataRow("+@all -@string ~*", "GET k", "User u has no permissions to run the 'get' command")]
    [DataRow("+@read ~*", "MGET a b", "")]
    [DataRow("+@write ~*", "GETDEL a", "")]
    [DataRow("+@write ~*", "GET a", "User u has no permissions to run the 'get' command")]
    [DataRow("+config", "CONFIG GET x", "")]
    [DataRow("+config -config|set", "CONFIG GET x", "")]
    [DataRow("+config -config|set", "CONFIG SET a b", "User u has no permissions to run the 'config|set' command")]
    [DataRow("+config|get", "CONFIG GET x", "")]
    [DataRow("+config|get", "CONFIG RESETSTAT", "User u has no permissions to run the 'config|resetstat' command")]
    [DataRow("+select|0", "SELECT 0", "")]
    [DataRow("+select|1", "SELECT 0", "User u has no permissions to run the 'select' command")]
    [DataRow("-@all", "AUTH u x", "")]
    [DataRow("-@all", "HELLO", "")]
    [DataRow("-@all", "PING", "User u has no permissions to run the 'ping' command")]
    [DataRow("+@all ~a* ~b", "MGET a1 b", "")]
    [DataRow("+@all ~a* ~b", "MGET a1 bb", "No permissions to access a key")]
    [DataRow("+@all %R~k", "GET k", "")]
    [DataRow("+@all %R~k", "SET k v", "No permissions to access a key")]
    [DataRow("+@all %W~k", "SET k v", "")]
    [DataRow("+@all %W~k", "SET k v EX 10", "")]
    [DataRow("+@all %W~k", "SET k v GET", "No permissions to access a key")]
    [DataRow("+@all %W~k", "GET k", "No permissions to access a key")]
    [DataRow("+@all %W~k", "STRLEN k", "")]
    [DataRow("+@all %R~k", "EXISTS k", "")]
    [DataRow("+@all %R~k", "EXISTS q", "No permissions to access a key")]
    [DataRow("+@all %W~k", "APPEND k v", "")]
    [DataRow("+@all %W~k", "INCR k", "No permissions to access a key")]
    [DataRow("+@all %R~k %W~k", "INCRBY k 0", "")]
    [DataRow("+@all %R~a %W~b", "COPY a b", "")]
    [DataRow("+@all %R~a %W~b", "COPY b a", "No permissions to access a key")]
    [DataRow("+@all %R~a %W~b", "RENAME a b", "No permissions to access a key")]
    [DataRow("+get ~a (+set ~b)", "GET a", "")]
    [DataRow("+get ~a (+set ~b)", "SET b v", "")]
    [DataRow("+get ~a (+set ~b)", "SET a v", "No permissions to access a key")]
    [DataRow("+get ~a (+set ~b)", "DEL a", "User u has no permissions to run the 'del' command")]
    [DataRow("+mget ~a (+mget ~b)", "MGET a b", "No permissions to access a key")]
    [DataRow("-@all (+@all ~* &*)", "SET k v", "")]
    [DataRow("+@all", "SCAN 0", "")]
    [DataRow("+@all", "RANDOMKEY", "")]
    public void Command_UnderRules_IsAllowedOrRefused(string rules, string command, string refusal)
    {
        _admin.Run("SET k 0");
        _admin.Run($"ACL SETUSER u {rules}");
        string answer = _client.Run(command);
        if (refusal.Length > 0)
        {
            Assert.AreEqual($"-NOPERM {refusal}\r\n", answer);
        }
        else
        {
            Assert.DoesNotStartWith("-NOPERM", answer);
        }
    }

    [TestMethod]
    [DataRow("~k +@all", "get x", "User u has no permissions to access the 'x' key")]
    [DataRow("~k +@all", "mget k x y", "User u has no permissions to access the 'x' key")]
    [DataRow("~k (+set ~q)", "get x", "User u has no permissions to run the 'get' command")]
    [DataRow("~k +@all -config", "config get x", "User u has no permissions to run the 'config|get' command")]
    public void DryRun_Refused_NamesWhat(string rules, string command, string refusal)
    {
        _admin.Run($"ACL SETUSER u {rules}");
        Assert.AreEqual(Replies.Bulk(refusal), _admin.Run($"ACL DRYRUN u {command}"));
        Assert.AreEqual(Replies.Ok, _admin.Run("ACL DRYRUN u auth p"));
    }

    [TestMethod]
    public void SetUser_WhileConnected_HoldsForTheNextCommand()
    {
        _admin.Run("ACL SETUSER u +@all ~* &*");
        Assert.AreEqual(Replies.Ok, _client.Run("SET k v"));
        _admin.Run("ACL SETUSER u -set");
        Assert.StartsWith("-NOPERM", _client.Run("SET k v"));
        _admin.Run("ACL SETUSER u +@all");
        Assert.AreEqual(Replies.Ok, _client.Run("SET k v"));
        _admin.Run("ACL SETUSER u off");
        Assert.AreEqual(Replies.Ok, _client.Run("SET k v"));
        Assert.StartsWith("-WRONGPASS", _client.Run("AUTH u x"));
        Assert.AreEqual(Replies.Bulk("u"), _client.Run("ACL WHOAMI"));
    }

    [TestMethod]
    public void SetUser_DefaultUser_HoldsForEveryConnection()
    {
        using RedisConnection other = s_node!.Connect();
        Assert.StartsWith("$", other.Run("INFO server"));
        _client.Run("AUTH default x");
        _admin.Run("ACL SETUSER default -info");
        Assert.AreEqual("-NOPERM User default has no permissions to run the 'info' command\r\n", other.Run("INFO"));
        Assert.StartsWith("-NOPERM", _client.Run("INFO"));
        using RedisConnection late = s_node!.Connect();
        Assert.StartsWith("-NOPERM", late.Run("INFO"));
        Assert.AreEqual("+PONG\r\n", late.Run("PING"));
    }

    [TestMethod]
    public void Passwords_OfUsers_DecideWhoComesIn()
    {
        _admin.Run("ACL SETUSER u resetpass >one >two");
        Assert.AreEqual(Replies.Ok, _client.Run("AUTH u one"));
        Assert.AreEqual(Replies.Ok, _client.Run("AUTH u two"));
        _admin.Run("ACL SETUSER u <one");
        const string Wrong = "-WRONGPASS invalid username-password pair or user is disabled.\r\n";
        Assert.AreEqual(Wrong, _client.Run("AUTH u one"));
        Assert.AreEqual(Wrong, _client.Run("AUTH nosuch one"));
        Assert.AreEqual(Wrong, _client.Run("HELLO 3 AUTH u one"));
        Assert.StartsWith("*14", _client.Run("HELLO 2 AUTH u two"));
    }

    [TestMethod]
    public void RequirePass_IsTheDefaultUsersPassword()
    {
        _admin.Run("CONFIG SET requirepass foo");
        using RedisConnection late = s_node!.Connect();
        Assert.AreEqual("-NOAUTH Authentication required.\r\n", late.Run("PING"));
        Assert.StartsWith("-WRONGPASS", late.Run("AUTH bar"));
        Assert.AreEqual(Replies.Ok, late.Run("AUTH foo"));
        Assert.AreEqual("+PONG\r\n", _admin.Run("PING"));
        Assert.Contains("#2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae", _admin.Run("ACL LIST"));
        _admin.Run("ACL SETUSER default nopass");
        using RedisConnection free = s_node!.Connect();
        Assert.AreEqual("+PONG\r\n", free.Run("PING"));
        Assert.StartsWith("-ERR AUTH <password> called without any password", free.Run("AUTH foo"));
    }

    [TestMethod]
    public void DefaultUser_Off_LetsOthersIn()
    {
        _admin.Run("ACL SETUSER u >p +ping");
        _admin.Run("ACL SETUSER default off");
        using RedisConnection late = s_node!.Connect();
        Assert.AreEqual("-NOAUTH Authentication required.\r\n", late.Run("PING"));
        Assert.AreEqual(Replies.Ok, late.Run("AUTH u p"));
        Assert.AreEqual("+PONG\r\n", late.Run("PING"));
        Assert.AreEqual("+RESET\r\n", late.Run("RESET"));
        Assert.AreEqual("-NOAUTH Authentication required.\r\n", late.Run("PING"));
    }

    [TestMethod]
    public void DelUser_Connected_ClosesItsConnections()
    {
        _admin.Run("ACL SETUSER u +@all");
        using RedisConnection other = s_node!.Connect();
        other.Run("AUTH u x");
        Assert.AreEqual(":1\r\n", _client.Run("ACL DELUSER u nosuch"));
        Assert.Throws<IOException>(() => _client.ReadReply());
        Assert.Throws<IOException>(() => other.ReadReply());
        Assert.AreEqual("+PONG\r\n", _admin.Run("PING"));
    }

    [TestMethod]
    public void ClientKill_User_ClosesThatUsersConnections()
    {
        Assert.AreEqual("-ERR No such user 'nosuch'\r\n", _admin.Run("CLIENT KILL USER nosuch"));
        Assert.AreEqual(":1\r\n", _admin.Run("CLIENT KILL USER u"));
        Assert.Throws<IOException>(() => _client.ReadReply());
    }

    [TestMethod]
    public void ClientList_User_IsShown()
    {
        Assert.Contains(" user=u ", _admin.Run("CLIENT LIST"));
        Assert.Contains(" user=default ", _admin.Run("CLIENT INFO"));
    }
}
