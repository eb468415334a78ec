using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Host.Commands;
using Marekvs.Testing;

namespace Marekvs.Host.Tests.Commands;

[TestClass]
public sealed class CommandTableTests
{
    [TestMethod]
    public void Find_NamesOfEveryLength_AreFoundInAnyCase()
    {
        string[] names = [.. Enumerable.Range(1, 40).SelectMany(length =>
            new[] { new string('A', length), new string('A', length - 1) + "B", "C" + new string('.', length - 1) })];
        NameIndex<string> index = new(names.Distinct().Select(name => KeyValuePair.Create(name, name)));
        foreach (string name in names)
        {
            Assert.AreEqual(name, index.Find(Encoding.ASCII.GetBytes(name)));
            Assert.AreEqual(name, index.Find(Encoding.ASCII.GetBytes(name.ToLowerInvariant())));
        }
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("GE")]
    [DataRow("GETT")]
    [DataRow("G\u0005T")]
    [DataRow("\u0007ET")]
    [DataRow("G\u00c5T")]
    [DataRow("A[\u007f^@")]
    [DataRow("a{_~`")]
    [DataRow("GEORADIUSBYMEMBER-RO")]
    public void Find_NearlyTheName_IsNotFound(string name)
    {
        NameIndex<string> index = new(
            new[] { "GET", "A[_^`", "GEORADIUSBYMEMBER_RO" }.Select(known => KeyValuePair.Create(known, known)));
        Assert.IsNull(index.Find(Encoding.Latin1.GetBytes(name)));
    }

    [TestMethod]
    public void Find_AnyName_AllocatesNothing()
    {
        NameIndex<string> index = new([KeyValuePair.Create("GET", "GET"), KeyValuePair.Create("SUBSCRIBE", "s")]);
        index.Find("subscribe"u8);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            index.Find("subscribe"u8);
            index.Find("nothing"u8);
        }

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Table_SubcommandsAlone_ImplyTheirContainer()
    {
        ModuleRegistry registry = new();
        registry.Register(new ProbeModule());
        CommandEntry container = registry.ToTable().Find("probe"u8)!;
        Assert.IsTrue(container.IsImplied);
        Assert.AreEqual(-2, container.Spec.Arity);
        Assert.AreEqual("probe|sub", container.Subcommands.Single().DisplayName);
    }

    [TestMethod]
    public void Registry_NamesClaimedTwice_AreAllNamed()
    {
        ModuleRegistry registry = new();
        registry.Register(new BagModule());
        registry.Register(new Rival("rivals"));
        registry.Register(new Rival("rivals"));
        CollectionAssert.AreEqual(
            new[]
            {
                "modules 'bags' and 'rivals' both claim the command BAG.GET",
                "modules 'bags' and 'rivals' both claim the command BAG.GET",
                "module 'rivals' registers the command RIVAL twice",
            },
            registry.Collisions.Where(text => !text.Contains("key type", StringComparison.Ordinal)).ToArray());
        Assert.AreEqual("bags", registry.ToTable().Find("bag.get"u8)!.Module);
    }

    private sealed class Rival(string name) : IModule
    {
        public string Name => name;

        public void Register(IModuleRegistry registry) => registry.AddCommands(
            new CommandSpec("BAG.GET", 3, CommandFlags.ReadOnly, KeySpec.One, Answer),
            new CommandSpec("RIVAL", 1, CommandFlags.ReadOnly, KeySpec.None, Answer));

        private static Reply Answer(in CommandCall call) => Reply.Ok;
    }
}
