using System.Text.RegularExpressions;
using Marekvs.Host.Tests.Startup;
using Marekvs.Testing;

namespace Marekvs.Host.Tests.Access;

/// <summary>The words of ACL SETUSER: same replies and same rules afterwards as redis-server has.</summary>
[TestClass]
public sealed partial class AclSetUserTests
{
    private static TestNode? s_node;
    private static RedisServer? s_redis;

    private readonly RedisConnection _ours = s_node!.Connect();
    private readonly RedisConnection _theirs = s_redis!.Connect();

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_node = await AclNode.StartAsync();
        s_redis = new RedisServer();
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        s_redis!.Dispose();
        await s_node!.DisposeAsync();
    }

    [TestCleanup]
    public void Forget()
    {
        _ours.Run("ACL DELUSER u");
        _theirs.Run("ACL DELUSER u");
        _ours.Dispose();
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("on nopass ~* &* +@all")]
    [DataRow("ON NOPASS ALLKEYS ALLCHANNELS ALLCOMMANDS")]
    [DataRow("on >p1 >p2 >p1 <p1")]
    [DataRow(">p nopass")]
    [DataRow("nopass >p")]
    [DataRow(">p resetpass")]
    [DataRow("nopass resetpass")]
    [DataRow(">")]
    [DataRow("<p")]
    [DataRow("#148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940")]
    [DataRow(">p !148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940")]
    [DataRow("#148DE9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940")]
    [DataRow("#12")]
    [DataRow("!12")]
    [DataRow("skip-sanitize-payload")]
    [DataRow("~a ~b ~a %R~a %R~c %W~c %RW~d %rw~e %R~*")]
    [DataRow("~a resetkeys ~b")]
    [DataRow("~* ~a")]
    [DataRow("%RW~* ~a")]
    [DataRow("%~a")]
    [DataRow("%RR~a")]
    [DataRow("%X~a")]
    [DataRow("~")]
    [DataRow("\"~a b\"")]
    [DataRow("&a &b* &a resetchannels &c")]
    [DataRow("&* &a")]
    [DataRow("\"&a b\"")]
    [DataRow("+get +GET")]
    [DataRow("+@all -get")]
    [DataRow("+@all -@all")]
    [DataRow("+@string")]
    [DataRow("+@STRING -get")]
    [DataRow("+@nosuch")]
    [DataRow("+nosuch")]
    [DataRow("-nosuch")]
    [DataRow("+config|get")]
    [DataRow("+config|GET")]
    [DataRow("+config|nosuch")]
    [DataRow("-config|nosuch")]
    [DataRow("+config|get|maxmemory")]
    [DataRow("+config|")]
    [DataRow("+select|0")]
    [DataRow("+select|0 +select")]
    [DataRow("-select|0")]
    [DataRow("+get|")]
    [DataRow("+")]
    [DataRow("foo")]
    [DataRow("\"\"")]
    [DataRow("\"on x\"")]
    [DataRow("\" \"")]
    [DataRow("(+get ~a)")]
    [DataRow("\"(+get ~a)\" ( +set %R~b &c )")]
    [DataRow("()")]
    [DataRow("(+get")]
    [DataRow("(+nosuch)")]
    [DataRow("(on)")]
    [DataRow("(~* ~a)")]
    [DataRow("\"(+get) x\"")]
    [DataRow("(+get) (+set) clearselectors (+del)")]
    [DataRow("on >p ~a &b +get (+set) reset")]
    [DataRow("on +get nosuch ~a")]
    public void SetUser_Words_DoWhatRedisDoes(string words)
    {
        string command = $"ACL SETUSER u {words}";
        Assert.AreEqual(_theirs.Run(command), _ours.Run(command));
        Assert.AreEqual(Plain(_theirs.Run("ACL GETUSER u")), Plain(_ours.Run("ACL GETUSER u")));
        Assert.AreEqual(Plain(_theirs.Run("ACL LIST")), Plain(_ours.Run("ACL LIST")));
    }

    [TestMethod]
    [DataRow("on +get nosuch ~a")]
    [DataRow("~b +nosuch")]
    public void SetUser_OneWordWrong_ChangesNothing(string words)
    {
        _ours.Run("ACL SETUSER u off ~a");
        string before = _ours.Run("ACL LIST");
        Assert.StartsWith("-ERR Error in ACL SETUSER modifier '", _ours.Run($"ACL SETUSER u {words}"));
        Assert.AreEqual(before, _ours.Run("ACL LIST"));
    }

    [TestMethod]
    [DataRow("ACL SETUSER \"a b\" on")]
    [DataRow("ACL SETUSER \"a\\x00b\" on")]
    [DataRow("ACL SETUSER \"\" on")]
    [DataRow("ACL DELUSER \"\"")]
    [DataRow("ACL SETUSER")]
    [DataRow("ACL GETUSER nosuch")]
    [DataRow("ACL DELUSER default")]
    [DataRow("ACL DELUSER nosuch")]
    [DataRow("ACL WHOAMI")]
    [DataRow("ACL USERS")]
    [DataRow("ACL CAT")]
    [DataRow("ACL CAT nosuch")]
    [DataRow("ACL CAT a b")]
    [DataRow("ACL GENPASS 0")]
    [DataRow("ACL GENPASS 4097")]
    [DataRow("ACL GENPASS x")]
    [DataRow("ACL LOAD")]
    [DataRow("ACL SAVE")]
    [DataRow("ACL LOG")]
    [DataRow("ACL LOG -5")]
    [DataRow("ACL LOG x")]
    [DataRow("ACL LOG 1 2")]
    [DataRow("ACL LOG RESET")]
    [DataRow("ACL NOSUCH")]
    [DataRow("ACL")]
    [DataRow("ACL DRYRUN nosuch get k")]
    [DataRow("ACL DRYRUN default nosuch")]
    [DataRow("ACL DRYRUN default get")]
    [DataRow("ACL DRYRUN default get k")]
    [DataRow("ACL DRYRUN default config nosuch")]
    [DataRow("CONFIG SET acl-pubsub-default foo")]
    [DataRow("CONFIG GET acllog*")]
    public void Acl_AnySubcommand_AnswersAsRedis(string command)
    {
        Assert.AreEqual(_theirs.Run(command), _ours.Run(command));
    }

    /// <summary>Since Redis 7.2; earlier versions guessed rules from what is allowed.</summary>
    [TestMethod]
    public void SetUser_ManyRules_AreKeptInTheirOrder()
    {
        _ours.Run("ACL SETUSER u +@all -get +get");
        Assert.Contains("+@all +get", _ours.Run("ACL LIST"));
        _ours.Run("ACL SETUSER u reset");
        _ours.Run("ACL SETUSER u +@string -get +config +config|get -config|set +select|0");
        Assert.Contains("-@all +@string -get +config +config|get -config|set +select|0", _ours.Run("ACL LIST"));

        _ours.Run("ACL SETUSER u -config +@STRING +GET");
        Assert.Contains("-@all +select|0 -config +@string +get", _ours.Run("ACL LIST"));
    }

    [TestMethod]
    public void SetUser_NewUser_IsSanitizedAndOff()
    {
        _ours.Run("ACL SETUSER u");
        Assert.Contains("user u off sanitize-payload resetchannels -@all", _ours.Run("ACL LIST"));
        Assert.Contains("user default on nopass sanitize-payload ~* &* +@all", _ours.Run("ACL LIST"));
    }

    [TestMethod]
    [DataRow("ACL GENPASS", 64)]
    [DataRow("ACL GENPASS 5", 2)]
    [DataRow("ACL GENPASS 4096", 1024)]
    public void GenPass_Bits_GiveLetters(string command, int letters)
    {
        string first = _ours.Run(command);
        Assert.MatchesRegex(new Regex($"^\\${letters}\r\n[0-9a-f]{{{letters}}}\r\n$"), first);
        Assert.IsTrue(letters == 2 || first != _ours.Run(command));
    }

    [TestMethod]
    public void PubSubDefault_Changed_HoldsForNewUsers()
    {
        _ours.Run("CONFIG SET acl-pubsub-default allchannels");
        _ours.Run("ACL SETUSER u (+get)");
        Assert.Contains("user u off sanitize-payload &* -@all (&* -@all +get)", _ours.Run("ACL LIST"));
        _ours.Run("CONFIG SET acl-pubsub-default resetchannels");
        _ours.Run("ACL SETUSER u reset");
        Assert.Contains("user u off sanitize-payload resetchannels -@all", _ours.Run("ACL LIST"));
    }

    /// <summary>Since Redis 7.2 every user says whether its payloads are sanitized; the server compared with does not.
    /// </summary>
    private static string Plain(string reply) =>
        BulkOrCount().Replace(reply, "").Replace("skip-sanitize-payload", "skip", StringComparison.Ordinal)
            .Replace("sanitize-payload\r\n", "", StringComparison.Ordinal)
            .Replace(" sanitize-payload", "", StringComparison.Ordinal);

    [GeneratedRegex("[$*][0-9]+\r\n")]
    private static partial Regex BulkOrCount();
}
