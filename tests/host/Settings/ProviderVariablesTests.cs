using Marekvs.Abstractions;
using Marekvs.Host.Settings;
using Marekvs.Testing;

namespace Marekvs.Host.Tests.Settings;

[TestClass]
public sealed class ProviderVariablesTests : IDisposable
{
    private static readonly ProviderSetting[] Declared =
    [
        new("seeds", SettingKind.Text, "", "Whom to ask.")
        {
            Variable = "MAREKVS_SEEDS",
            Form = new("a list without blanks", text => !text.Contains(' ', StringComparison.Ordinal)),
        },
        new("secret", SettingKind.Text, "", "A secret.") { IsSecret = true, Form = new("long", t => t.Length > 8) },
    ];

    private readonly TemporaryDirectory _directory = new();
    private readonly List<string> _mistakes = [];

    public void Dispose() => _directory.Dispose();

    [TestMethod]
    public void Check_VariableOfItsOwn_WinsOverTheFile()
    {
        ProviderSettings? settings = Check(
            """{ "cluster": { "settings": { "seeds": ["a", "b"] } } }""", ("MAREKVS_SEEDS", "c"));

        Assert.IsEmpty(_mistakes);
        Assert.AreEqual("c", settings!.Text("seeds"));
    }

    [TestMethod]
    public void Check_ListInTheFile_IsOneText() => Assert.AreEqual(
        "a,b", Check("""{ "cluster": { "settings": { "seeds": ["a", "b"] } } }""")!.Text("seeds"));

    [TestMethod]
    public void Check_VariableNobodyKnows_IsAMistakeWithASuggestion()
    {
        Check("{}", ("MAREKVS_SEED", "c"), ("MAREKVS_RESP_ADDRESS", "x"));

        CollectionAssert.AreEquivalent(
            new[]
            {
                "unknown variable MAREKVS_SEED; did you mean \"MAREKVS_SEEDS\"?",
                "unknown variable MAREKVS_RESP_ADDRESS; did you mean \"MAREKVS_RESP_ADDR\"?",
            },
            _mistakes);
    }

    [TestMethod]
    public void Check_WrongForm_NamesTheVariableAndWhatIsExpected()
    {
        Check("{}", ("MAREKVS_SEEDS", "a b"), ("MAREKVS_CLUSTER_SECRET", "hush"));

        CollectionAssert.AreEquivalent(
            new[]
            {
                "MAREKVS_SEEDS (cluster provider standalone): setting \"seeds\" is \"a b\", which is not a list " +
                    "without blanks",
                "MAREKVS_CLUSTER_SECRET (cluster provider standalone): setting \"SECRET\" is something (not shown), " +
                    "which is not long",
            },
            _mistakes);
    }

    private ProviderSettings? Check(string json, params (string Name, string Value)[] environment)
    {
        string file = _directory.Combine("modules.json");
        File.WriteAllText(file, json);
        NodeSettings settings = SettingsReader.Read(
            file, environment.ToDictionary(v => v.Name, v => v.Value), _mistakes);
        var variables = new ProviderVariables(settings, _mistakes);
        ProviderSettings? checkedSettings = variables.Check(settings.Cluster, Declared);
        variables.ReportUnknown();
        return checkedSettings;
    }
}
