using Marekvs.Abstractions.Storage;
using Marekvs.Modules.Zsets;
using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Zsets;

/// <summary>How members and their order lie in the store is frozen: a change here is a new format version.</summary>
[TestClass]
public sealed class ZsetFormatTests
{
    [TestMethod]
    public async Task Rows_OfAMember_HaveTheseBytes()
    {
        var store = new SortedStore();
        await using var runner = new KeyspaceRunner(store, new ZsetsModule());
        runner.Run("ZADD bag 1.5 name");
        await runner.Keyspace.CheckpointAsync();

        // "bag" is in partition 0x0454; the clock stands at 1735689600000 ms = 0x01941F297C00.
        string[] rows = Rows(store);
        CollectionAssert.AreEqual(
            new[]
            {
                "010454" + "03626167" + "5A" + "BFF8000000000000" + "6E616D65" + " = " + new string('0', 26),
                "010454" + "03626167" + "7A" + "C24A77D5" + "6E616D65" +
                    " = 00" + "0000007C291F9401" + "01000100" + "BFF8000000000000",
            },
            rows);
    }

    [TestMethod]
    public async Task Order_OfScores_IsThatOfBytes()
    {
        var store = new SortedStore();
        await using var runner = new KeyspaceRunner(store, new ZsetsModule());
        runner.Run("ZADD bag -inf a -2 b -0.5 c 0 d 1e-9 e 3 f inf g");
        await runner.Keyspace.CheckpointAsync();
        string[] names = [.. Rows(store).Where(row => row[14..16] == "5A").Select(row => row.Split(' ')[0][^2..])];
        CollectionAssert.AreEqual(new[] { "61", "62", "63", "64", "65", "66", "67" }, names);
    }

    private static string[] Rows(SortedStore store)
    {
        var rows = new List<string>();
        using IStoreScan scan = store.Scan([1, 0x04, 0x54], [1, 0x04, 0x55]);
        while (scan.MoveNext())
        {
            rows.Add($"{Convert.ToHexString(scan.Key)} = {Convert.ToHexString(scan.Value)}");
        }

        return [.. rows];
    }
}
