using Marekvs.Testing;

namespace Marekvs.Host.Tests.Builtins;

/// <summary>Exact answers of the commands that concern a connection; the expectations are what Redis answers.</summary>
[TestClass]
public sealed class ConnectionCommandTests
{
    private const string HelloReply2 =
        "*14\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$5\r\n7.4.0\r\n$5\r\nproto\r\n:2\r\n$2\r\nid\r\n:1\r\n" +
        "$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n";

    private const string HelloReply3 =
        "%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$5\r\n7.4.0\r\n$5\r\nproto\r\n:3\r\n$2\r\nid\r\n:1\r\n" +
        "$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n";

    private const string WrongPass = "-WRONGPASS invalid username-password pair or user is disabled.\r\n";
    private const string NoAuth = "-NOAUTH Authentication required.\r\n";

    [TestMethod]
    [DataRow("ping", "+PONG\r\n")]
    [DataRow("ping x", "$1\r\nx\r\n")]
    [DataRow("ping a b", "-ERR wrong number of arguments for 'ping' command\r\n")]
    [DataRow("echo x", "$1\r\nx\r\n")]
    [DataRow("select 0", "+OK\r\n")]
    [DataRow("select 1", "-ERR DB index is out of range: this server has one database, number 0\r\n")]
    [DataRow("select -1", "-ERR DB index is out of range: this server has one database, number 0\r\n")]
    [DataRow("select a", "-ERR value is not an integer or out of range\r\n")]
    [DataRow("select 99999999999", "-ERR value is not an integer or out of range\r\n")]
    [DataRow("quit\r\nping", "+OK\r\n")]
    [DataRow("quit a b\r\nping", "+OK\r\n")]
    [DataRow("reset", "+RESET\r\n")]
    [DataRow("reset x", "-ERR wrong number of arguments for 'reset' command\r\n")]
    [DataRow("hello", HelloReply2)]
    [DataRow("hello 2", HelloReply2)]
    [DataRow("hello 3", HelloReply3)]
    [DataRow("hello 3\r\nclient getname\r\nreset\r\nclient getname", HelloReply3 + "_\r\n+RESET\r\n$-1\r\n")]
    [DataRow("hello 3 auth default anything setname bob\r\nclient getname", HelloReply3 + "$3\r\nbob\r\n")]
    [DataRow("hello 4", "-NOPROTO unsupported protocol version\r\n")]
    [DataRow("hello 1", "-NOPROTO unsupported protocol version\r\n")]
    [DataRow("hello a", "-ERR Protocol version is not an integer or out of range\r\n")]
    [DataRow("hello 3 foo", "-ERR Syntax error in HELLO option 'foo'\r\n")]
    [DataRow("hello 3 auth a", "-ERR Syntax error in HELLO option 'auth'\r\n")]
    [DataRow("hello 3 setname", "-ERR Syntax error in HELLO option 'setname'\r\n")]
    [DataRow("hello 3 auth nobody x", WrongPass)]
    [DataRow("hello 3 setname \"a b\"\r\nping",
        "-ERR Client names cannot contain spaces, newlines or special characters.\r\n+PONG\r\n")]
    [DataRow("auth a", "-ERR AUTH <password> called without any password configured for the default user. "
        + "Are you sure your configuration is correct?\r\n")]
    [DataRow("auth default a", "+OK\r\n")]
    [DataRow("auth a b", WrongPass)]
    [DataRow("auth a b c", "-ERR syntax error\r\n")]
    [DataRow("client id", ":1\r\n")]
    [DataRow("client getname", "$-1\r\n")]
    [DataRow("client setname bob\r\nclient getname\r\nclient setname ''\r\nclient getname",
        "+OK\r\n$3\r\nbob\r\n+OK\r\n$-1\r\n")]
    [DataRow("client setname \"a b\"",
        "-ERR Client names cannot contain spaces, newlines or special characters.\r\n")]
    [DataRow("client setinfo lib-name x\r\nclient setinfo LIB-VER 1.0", "+OK\r\n+OK\r\n")]
    [DataRow("client setinfo foo bar", "-ERR Unrecognized option 'foo'\r\n")]
    [DataRow("client setinfo LIB-name \"a b\"",
        "-ERR LIB-name cannot contain spaces, newlines or special characters.\r\n")]
    [DataRow("client list a", "-ERR syntax error\r\n")]
    [DataRow("client list type", "-ERR syntax error\r\n")]
    [DataRow("client list type foo", "-ERR Unknown client type 'foo'\r\n")]
    [DataRow("client list type normal foo", "-ERR syntax error\r\n")]
    [DataRow("client list type pubsub", "$0\r\n\r\n")]
    [DataRow("client list id", "-ERR syntax error\r\n")]
    [DataRow("client list id a", "-ERR Invalid client ID\r\n")]
    [DataRow("client list id 7 8", "$0\r\n\r\n")]
    [DataRow("client kill 1.2.3.4:5", "-ERR No such client\r\n")]
    [DataRow("client kill id", "-ERR No such client\r\n")]
    [DataRow("client kill id 0", "-ERR client-id should be greater than 0\r\n")]
    [DataRow("client kill id x", "-ERR client-id should be greater than 0\r\n")]
    [DataRow("client kill id 9999", ":0\r\n")]
    [DataRow("client kill type foo", "-ERR Unknown client type 'foo'\r\n")]
    [DataRow("client kill user nobody", "-ERR No such user 'nobody'\r\n")]
    [DataRow("client kill user default", ":0\r\n")]
    [DataRow("client kill foo bar", "-ERR syntax error\r\n")]
    [DataRow("client kill id 1 type", "-ERR syntax error\r\n")]
    [DataRow("client kill skipme maybe", "-ERR syntax error\r\n")]
    [DataRow("client kill maxage x", "-ERR maxage is not an integer or out of range\r\n")]
    [DataRow("client kill maxage 0", "-ERR maxage should be greater than 0\r\n")]
    [DataRow("client kill id 1 skipme no\r\nping", ":1\r\n")]
    [DataRow("client kill 127.0.0.1:40000\r\nping", "+OK\r\n")]
    [DataRow("client unblock 1", ":0\r\n")]
    [DataRow("client unblock a", "-ERR value is not an integer or out of range\r\n")]
    [DataRow("client unblock 1 foo", "-ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR\r\n")]
    [DataRow("client pause a", "-ERR timeout is not an integer or out of range\r\n")]
    [DataRow("client pause -1", "-ERR timeout is negative\r\n")]
    [DataRow("client pause 1 foo", "-ERR CLIENT PAUSE mode must be WRITE or ALL\r\n")]
    [DataRow("client unpause", "+OK\r\n")]
    [DataRow("client reply foo", "-ERR syntax error\r\n")]
    [DataRow("client reply on", "+OK\r\n")]
    [DataRow("client reply skip\r\nping\r\necho a", "$1\r\na\r\n")]
    [DataRow("client reply skip\r\nfoo\r\necho a", "$1\r\na\r\n")]
    [DataRow("client reply skip\r\nclient reply on\r\nping", "+OK\r\n+PONG\r\n")]
    [DataRow("client reply off\r\nping\r\nfoo\r\nclient reply skip\r\nping\r\nclient reply on\r\nping",
        "+OK\r\n+PONG\r\n")]
    [DataRow("client reply off\r\nreset\r\nping", "+RESET\r\n+PONG\r\n")]
    [DataRow("client reply off\r\nquit", "")]
    [DataRow("client no-evict on\r\nclient no-evict off\r\nclient no-evict foo", "+OK\r\n+OK\r\n-ERR syntax error\r\n")]
    [DataRow("client no-touch on\r\nclient no-touch off\r\nclient no-touch foo", "+OK\r\n+OK\r\n-ERR syntax error\r\n")]
    public async Task Command_Alone_AnswersAsRedis(string lines, string expected)
    {
        await using NodeRunner node = new();
        Assert.AreEqual(expected, await node.ConverseAsync(lines + "\r\n"));
    }

    [TestMethod]
    [DataRow("ping", NoAuth)]
    [DataRow("foo", "-ERR unknown command 'foo', with args beginning with: \r\n")]
    [DataRow("echo", "-ERR wrong number of arguments for 'echo' command\r\n")]
    [DataRow("auth x", WrongPass)]
    [DataRow("auth default x", WrongPass)]
    [DataRow("auth nobody secret", WrongPass)]
    [DataRow("auth secret\r\nping", "+OK\r\n+PONG\r\n")]
    [DataRow("auth default secret\r\nping", "+OK\r\n+PONG\r\n")]
    [DataRow("auth secret\r\nreset\r\nping", "+OK\r\n+RESET\r\n" + NoAuth)]
    [DataRow("reset\r\nping", "+RESET\r\n" + NoAuth)]
    [DataRow("quit", "+OK\r\n")]
    [DataRow("client setname x", NoAuth)]
    [DataRow("hello 3", "-NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO "
        + "<proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol "
        + "version at the same time\r\n")]
    [DataRow("hello 3 auth default x\r\nping", WrongPass + NoAuth)]
    [DataRow("hello 3 auth default secret", HelloReply3)]
    [DataRow("*11\r\n", "-ERR Protocol error: unauthenticated multibulk length\r\n")]
    [DataRow("*1\r\n$16385\r\n", "-ERR Protocol error: unauthenticated bulk length\r\n")]
    [DataRow("auth secret\r\n*1\r\n$16385\r\n", "+OK\r\n")]
    public async Task Command_PasswordSet_AnswersAsRedis(string lines, string expected)
    {
        await using NodeRunner node = new();
        node.Settings.RequirePass = "secret";
        Assert.AreEqual(expected, await node.ConverseAsync(lines + "\r\n"));
    }

    [TestMethod]
    public async Task Password_SetLater_HoldsForNewConnectionsOnly()
    {
        await using NodeRunner node = new();
        MemoryConnection old = node.Connect();
        node.Settings.RequirePass = "secret";
        MemoryConnection young = node.Connect();
        Assert.AreEqual("+PONG\r\n", await old.AskAsync("PING", "+PONG\r\n"));
        Assert.AreEqual(NoAuth, await young.AskAsync("PING", NoAuth));
        node.Settings.RequirePass = "";
        Assert.AreEqual("+PONG\r\n", await young.AskAsync("PING", "+PONG\r\n"));
    }
}
