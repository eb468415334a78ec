namespace Marekvs.Modules.Tests.Sets;

/// <summary>What tests of set commands share.</summary>
public abstract class SetCommandTests : CommandTests
{
    /// <summary>Checks the members that a command line answers, in whatever order.</summary>
    protected void ExpectMembers(string[] members, string line) =>
        CollectionAssert.AreEquivalent(members, RespReading.Strings(Run(line)), line);
}
