using Marekvs.Compat.Commands;

namespace Marekvs.Compat;

[TestClass]
public sealed class CommandReportTests
{
    [TestMethod]
    public async Task File_AgainstRunningNode_IsUpToDate()
    {
        CommandReport report = await CommandReportFile.CreateAsync();

        Assert.AreEqual(
            report.ToString(), await File.ReadAllTextAsync(CommandReportFile.FilePath), "run ./dev.sh commands");
        Assert.IsEmpty(report.IdleReasons, $"no differences: {string.Join(", ", report.IdleReasons)}");
    }
}
