using Marekvs.Host.Tests.Startup;
using Marekvs.Testing;
using Replies = Marekvs.Testing.Resp;

namespace Marekvs.Host.Tests.Access;

/// <summary>Users in a file and in the settings.</summary>
[TestClass]
public sealed class AclFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string FilePath => _directory.Combine("users.acl");

    public void Dispose() => _directory.Dispose();

    [TestMethod]
    public async Task File_AtStart_BringsItsUsers()
    {
        File.WriteAllText(FilePath, "user alice on >p ~a +get (~b +set)\n\n  user bob off\n");
        await using TestNode node = await AclNode.StartAsync(("MAREKVS_ACLFILE", FilePath));
        using RedisConnection client = node.Connect();
        Assert.AreEqual(Replies.Bulks("alice", "bob", "default"), client.Run("ACL USERS"));
        Assert.AreEqual(Replies.Bulks("aclfile", FilePath), client.Run("CONFIG GET aclfile"));
        Assert.AreEqual(Replies.Ok, client.Run("AUTH alice p"));
        Assert.AreEqual(Replies.Nil, client.Run("GET a"));
        Assert.AreEqual(Replies.Ok, client.Run("SET b 1"));
    }

    [TestMethod]
    public async Task Save_ThenLoad_GivesTheSameUsers()
    {
        File.WriteAllText(FilePath, "");
        await using TestNode node = await AclNode.StartAsync(("MAREKVS_ACLFILE", FilePath));
        using RedisConnection client = node.Connect();
        client.Run("ACL SETUSER alice on >p %R~a* &c +@all -@dangerous +config|get (+set ~\"\\xff\")");
        string users = client.Run("ACL LIST");
        Assert.AreEqual(Replies.Ok, client.Run("ACL SAVE"));
        Assert.DoesNotContain(">p", File.ReadAllText(FilePath));
        Assert.AreEqual(":1\r\n", client.Run("ACL DELUSER alice"));
        Assert.AreEqual(Replies.Ok, client.Run("ACL LOAD"));
        Assert.AreEqual(users, client.Run("ACL LIST"));
        Assert.HasCount(1, Directory.GetFiles(_directory.Path));
    }

    [TestMethod]
    public async Task Load_UsersGone_CloseTheirConnections()
    {
        File.WriteAllText(FilePath, "user alice on nopass +@all ~* &*\nuser bob on nopass +@all\n");
        await using TestNode node = await AclNode.StartAsync(("MAREKVS_ACLFILE", FilePath));
        using RedisConnection admin = node.Connect();
        using RedisConnection alice = node.Connect();
        using RedisConnection bob = node.Connect();
        alice.Run("AUTH alice x");
        bob.Run("AUTH bob x");
        File.WriteAllText(FilePath, "user alice on nopass +ping\n");
        Assert.AreEqual(Replies.Ok, admin.Run("ACL LOAD"));
        Assert.AreEqual("+PONG\r\n", alice.Run("PING"));
        Assert.StartsWith("-NOPERM", alice.Run("GET a"));
        Assert.Throws<IOException>(() => bob.ReadReply());
    }

    [TestMethod]
    public async Task Load_Mistakes_AreAllToldAndChangeNothing()
    {
        File.WriteAllText(FilePath, "user alice on >p ~a\n");
        await using TestNode node = await AclNode.StartAsync(("MAREKVS_ACLFILE", FilePath));
        using RedisConnection client = node.Connect();
        string before = client.Run("ACL LIST");
        File.WriteAllText(
            FilePath,
            "user bad +nosuch ~x\nnonsense here\nuser bad on\nuser x foo +nosuch2 >secret #12\nuser y\nuser\n");
        Assert.AreEqual(
            $"-ERR {FilePath}:1: Error in applying operation '+nosuch': Unknown command or category name in ACL. "
            + $"{FilePath}:2 should start with user keyword followed by the username. "
            + "WARNING: Duplicate user 'bad' found on line 3. "
            + $"{FilePath}:4: Syntax error. "
            + $"{FilePath}:4: Error in applying operation '+nosuch2': Unknown command or category name in ACL. "
            + $"{FilePath}:6 should start with user keyword followed by the username. "
            + "WARNING: ACL errors detected, no change to the previously active ACL rules was performed\r\n",
            client.Run("ACL LOAD"));
        Assert.AreEqual(before, client.Run("ACL LIST"));
        File.Delete(FilePath);
        Assert.AreEqual(
            $"-ERR Error loading ACLs, opening file '{FilePath}': No such file or directory\r\n",
            client.Run("ACL LOAD"));
        Assert.AreEqual(before, client.Run("ACL LIST"));
    }

    [TestMethod]
    public async Task File_MissingAtStart_IsAMistake()
    {
        await using TestNode node = TestNode.Draw(
            AclNode.Plugins(), AclNode.Modules, ("MAREKVS_ACLFILE", FilePath));
        Assert.Contains($"Error loading ACLs, opening file '{FilePath}': No such file or directory", node.Mistakes);
    }

    [TestMethod]
    public async Task Users_InSettings_AreThereAtStart()
    {
        await using TestNode node = await AclNode.StartAsync(
            ("MAREKVS_USERS", "alice on >a,b ~* +@all\n default on >d ~* &* +@all"),
            ("MAREKVS_ACL_PUBSUB_DEFAULT", "allchannels"));
        using RedisConnection client = node.Connect();
        Assert.StartsWith("-NOAUTH", client.Run("PING"));
        Assert.AreEqual(Replies.Ok, client.Run("AUTH d"));
        Assert.AreEqual(Replies.Ok, client.Run("AUTH alice a,b"));
        Assert.Contains("~* &* +@all", client.Run("ACL LIST"));
    }

    [TestMethod]
    public async Task Users_WrongInSettings_AreMistakesWithoutSecrets()
    {
        await using TestNode node = TestNode.Draw(
            AclNode.Plugins(), AclNode.Modules,
            ("MAREKVS_USERS", "alice on #secret\nbob +nosuch"), ("MAREKVS_ACLFILE", FilePath));
        string mistakes = string.Join('\n', node.Mistakes);
        Assert.DoesNotContain("secret", mistakes);
        Assert.Contains("access.users:1: The password hash must be exactly 64 characters", mistakes);
        Assert.Contains("access.users:2: Error in applying operation '+nosuch'", mistakes);
        Assert.Contains("access.users and access.file are both given", mistakes);
    }

    [TestMethod]
    public async Task File_WithoutDefaultUser_KeepsTheRequiredPassword()
    {
        File.WriteAllText(FilePath, "user alice on >p ~a\n");
        await using TestNode node = await AclNode.StartAsync(
            ("MAREKVS_ACLFILE", FilePath), ("MAREKVS_REQUIREPASS", "foo"));
        using RedisConnection client = node.Connect();
        Assert.StartsWith("-NOAUTH", client.Run("PING"));
        Assert.AreEqual(Replies.Ok, client.Run("AUTH foo"));
        Assert.AreEqual(Replies.Ok, client.Run("ACL LOAD"));
        using RedisConnection late = node.Connect();
        Assert.StartsWith("-NOAUTH", late.Run("PING"));
    }
}
