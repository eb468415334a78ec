using Marekvs.Compat.Suite;

namespace Marekvs.Compat;

/// <summary>The quick tests of the units whose subject is all there; <c>./dev.sh compat</c> runs the others too.
/// </summary>
[TestClass]
public sealed class SuiteTests
{
    [TestMethod]
    [DataRow("type/string")]
    [DataRow("type/incr")]
    [DataRow("type/set")]
    [DataRow("type/hash")]
    [DataRow("hyperloglog")]
    [DataRow("keyspace")]
    [DataRow("auth")]
    public async Task Unit_QuickTests_PassButForTheList(string unit)
    {
        UnitResult result = await UnitResult.RunAsync(new UnitOptions(unit) { IsQuick = true });

        Assert.IsTrue(result.IsGood, result.Describe());
        Assert.AreNotEqual(0, result.Passed);
    }
}
