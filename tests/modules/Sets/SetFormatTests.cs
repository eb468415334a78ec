using Marekvs.Abstractions.Storage;
using Marekvs.Modules.Sets;
using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Sets;

/// <summary>How a member lies in the store is frozen: a change here is a new format version.</summary>
[TestClass]
public sealed class SetFormatTests
{
    [TestMethod]
    public async Task Row_OfAMember_HasTheseBytes()
    {
        var store = new SortedStore();
        await using var runner = new KeyspaceRunner(store, new SetsModule());
        runner.Run("SADD bag name");
        await runner.Keyspace.CheckpointAsync();

        // "bag" is in partition 0x0454; the clock stands at 1735689600000 ms = 0x01941F297C00.
        using IStoreScan scan = store.Scan([1, 0x04, 0x54], [1, 0x04, 0x55]);
        Assert.IsTrue(scan.MoveNext());
        Assert.AreEqual("010454" + "03626167" + "53" + "C24A77D5" + "6E616D65", Convert.ToHexString(scan.Key));
        Assert.AreEqual("00" + "0000007C291F9401" + "01000100", Convert.ToHexString(scan.Value));
        Assert.IsFalse(scan.MoveNext());
    }
}
