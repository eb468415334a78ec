using Marekvs.Abstractions.Storage;
using Marekvs.Storage.LiteDb;
using Marekvs.Testing;

namespace Marekvs.Storage.Tests;

[TestClass]
public sealed class LiteDbReadTests : StorageReadContract<LiteDbProvider>;

[TestClass]
public sealed class LiteDbWriteTests : StorageWriteContract<LiteDbProvider>;

[TestClass]
public sealed class LiteDbThreadTests : StorageThreadContract<LiteDbProvider>;

[TestClass]
public sealed class LiteDbModelTests : StorageModelContract<LiteDbProvider>
{
    protected override int RandomBatches => 150;
}

[TestClass]
public sealed class LiteDbOpenTests : StorageOpenContract<LiteDbProvider>
{
    protected override IEnumerable<string> DataFiles(string directory) => [Path.Combine(directory, "rows.db")];
}

/// <summary>What is particular to this provider.</summary>
[TestClass]
public sealed class LiteDbTests : StorageContract<LiteDbProvider>
{
    [TestMethod]
    [DataRow(0)]
    [DataRow(20)]
    [DataRow(40)]
    public void Open_AfterACrash_HoldsAWholePrefixOfTheBatches(int flushAt)
    {
        for (int i = 1; i <= 40; i++)
        {
            Commit(Store, batch =>
            {
                batch.Put([(byte)i, 0], new byte[100_000]);
                batch.Put([(byte)i, 1], []);
                batch.Watermark = (ulong)i;
            });
            if (i == flushAt)
            {
                Store.Flush();
            }
        }

        Assert.AreEqual((ulong)flushAt, Store.DurableWatermark);
        using TemporaryDirectory copy = Folder.Copy();
        using IStore crashed = Open(copy.Path);
        TestContext.WriteLine($"after the crash {crashed.Watermark}");
        Assert.IsGreaterThanOrEqualTo((ulong)flushAt, crashed.Watermark);
        for (int i = 1; i <= 40; i++)
        {
            bool expected = (ulong)i <= crashed.Watermark;
            AssertValue(expected ? new byte[100_000] : null, crashed.Get([(byte)i, 0]), $"first row of batch {i}");
            AssertValue(expected ? [] : null, crashed.Get([(byte)i, 1]), $"last row of batch {i}");
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(100)]
    [DataRow(8192)]
    [DataRow(20_000)]
    [DataRow(500_000)]
    public void Open_LogCutShort_HoldsAWholePrefixOfTheBatches(int cut)
    {
        for (int i = 1; i <= 20; i++)
        {
            Commit(Store, batch =>
            {
                batch.Put([(byte)i, 0], new byte[60_000]);
                batch.Put([(byte)i, 1], []);
                batch.Watermark = (ulong)i;
            });
        }

        using TemporaryDirectory copy = Folder.Copy();
        using (FileStream log = File.OpenWrite(copy.Combine("rows-log.db")))
        {
            log.SetLength(Math.Max(0, log.Length - cut));
        }

        using IStore crashed = Open(copy.Path);
        TestContext.WriteLine($"after the crash {crashed.Watermark}");
        Assert.IsLessThan(20UL, crashed.Watermark);
        for (int i = 1; i <= 20; i++)
        {
            Assert.AreEqual((ulong)i <= crashed.Watermark, crashed.Get([(byte)i, 0]) is not null, $"batch {i}");
            Assert.AreEqual((ulong)i <= crashed.Watermark, crashed.Get([(byte)i, 1]) is not null, $"batch {i}");
        }

        Commit(crashed, batch => batch.Watermark = 99);
        crashed.Flush();
        Assert.AreEqual(99UL, crashed.DurableWatermark);
    }

    [TestMethod]
    public void Delete_LastKeyBehindASegment_RemovesItsNodes()
    {
        byte[] prefix = new byte[5000];
        for (int i = 0; i < 50; i++)
        {
            Put(Store, [.. prefix, (byte)i], []);
        }

        Commit(Store, batch => batch.DeleteRange(prefix, [1]));
        Close();
        using var engine = new LiteDB.Engine.LiteEngine(Folder.Combine("rows.db"));
        using LiteDB.IBsonDataReader rows = engine.Query("rows", new LiteDB.Query());
        Assert.IsFalse(rows.Read());
    }

    [TestMethod]
    public void Put_LongValueReplaced_RemovesItsPieces()
    {
        Put(Store, "k"u8, new byte[2_000_000]);
        Put(Store, "k"u8, new byte[3_000_000]);
        Put(Store, "k"u8, "short"u8);
        Close();
        using var engine = new LiteDB.Engine.LiteEngine(Folder.Combine("rows.db"));
        using LiteDB.IBsonDataReader pieces = engine.Query("chunks", new LiteDB.Query());
        Assert.IsFalse(pieces.Read());
    }
}
