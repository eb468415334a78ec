using System.Globalization;
using System.Reflection;
using Marekvs.Abstractions.Commands;
using Marekvs.Testing;

namespace Marekvs.Modules.Tests;

/// <summary>Every command row has a test class and agrees with the published facts in <c>redis-commands.tsv</c>.
/// </summary>
[TestClass]
public sealed class CommandCoverageTests
{
    [TestMethod]
    public void Rows_EachCommand_HasTestClass()
    {
        Assembly assembly = typeof(CommandCoverageTests).Assembly;
        HashSet<string> covered =
        [
            .. assembly.GetTypes().Where(IsTestClass).Select(type => type.Name.ToUpperInvariant()),
            .. assembly.GetTypes().Where(IsTestClass)
                .SelectMany(type => type.GetCustomAttribute<CoversAttribute>()?.Commands ?? [])
                .Select(ClassNameOf),
        ];
        string[] missing = [.. Rows().Select(row => row.Name).Where(name => !covered.Contains(ClassNameOf(name)))];
        Assert.IsEmpty(missing, $"without a test class: {string.Join(", ", missing)}");
    }

    [TestMethod]
    public void Rows_PublishedFacts_Agree()
    {
        Dictionary<string, Fact> facts = ReadFacts();
        foreach (CommandSpec row in Rows())
        {
            string name = row.Name.Replace('|', ' ');
            Assert.IsTrue(facts.TryGetValue(name, out Fact? fact), $"{name} is no Redis command");
            Assert.AreEqual(fact, new Fact(row.Group, row.Since, row.Arity), name);
        }
    }

    [TestMethod]
    public void Rows_EachCommand_IsDescribed()
    {
        foreach (CommandSpec row in Rows())
        {
            Assert.AreNotEqual("", row.Summary, row.Name);
            Assert.AreNotEqual("", row.Complexity, row.Name);
            Assert.AreEqual(row.Name.ToUpperInvariant(), row.Name);
        }
    }

    [TestMethod]
    public void Rows_WriteOrRead_NeverBoth()
    {
        foreach (CommandSpec row in Rows().Where(row => row.Keys is { IsSlotOnly: false } keys && keys != KeySpec.None))
        {
            Assert.AreNotEqual(row.Has(CommandFlags.Write), row.Has(CommandFlags.ReadOnly), row.Name);
        }
    }

    private static IReadOnlyCollection<CommandSpec> Rows() => new ModuleTable(ModuleSet.Create()).Commands;

    private static bool IsTestClass(Type type) => type.GetCustomAttribute<TestClassAttribute>() is not null;

    private static string ClassNameOf(string command) =>
        $"{command.Replace("|", "", StringComparison.Ordinal)}TESTS";

    private static Dictionary<string, Fact> ReadFacts()
    {
        using Stream stream = typeof(CommandCoverageTests).Assembly.GetManifestResourceStream("redis-commands.tsv")!;
        using var reader = new StreamReader(stream);
        var facts = new Dictionary<string, Fact>();
        reader.ReadLine();
        while (reader.ReadLine() is string line)
        {
            string[] cells = line.Split('\t');
            facts.Add(cells[0], new Fact(cells[1], cells[2], int.Parse(cells[3], CultureInfo.InvariantCulture)));
        }

        return facts;
    }

    private sealed record Fact(string Group, string Since, int Arity);
}
