using System.Buffers.Binary;
using System.Globalization;
using Marekvs.Abstractions.Crdt;
using Marekvs.Storage.Engine.Journal;
using Marekvs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Marekvs.Storage.Engine.Tests;

/// <summary>The journal by itself: what is appended is read back, and every kind of damage is told apart.</summary>
[TestClass]
public sealed class JournalTests
{
    private const int SegmentBytes = 64 * 1024;
    private static readonly Guid Identity = new("00112233-4455-6677-8899-aabbccddeeff");
    private static readonly Origin Self = new(7, 3);

    [TestMethod]
    public void Append_ManyAcrossSegments_AreReadBackInOrder()
    {
        using var directory = new TemporaryDirectory();
        using (JournalLog journal = Open(directory))
        {
            Append(journal, 2000);
            Assert.AreEqual(Numbers(2000), Read(journal, 0));
        }

        using JournalLog again = Open(directory);
        Assert.AreEqual(Numbers(2000), Read(again, 0));
        Assert.IsGreaterThan(1, again.SegmentCount);
    }

    [TestMethod]
    public void Append_LargerThanASegment_GetsOneOfItsOwn()
    {
        using var directory = new TemporaryDirectory();
        byte[] payload = new byte[3 * SegmentBytes];
        payload.AsSpan().Fill(9);
        using (JournalLog journal = Open(directory))
        {
            Append(journal, 10);
            var body = new RecordWriter();
            body.WriteBytes(payload);
            Assert.IsGreaterThan(0L, journal.TryAppend(body.Written, 1, new Stamp(11), new Stamp(11), Self));
            Append(journal, 5);
        }

        using JournalLog again = Open(directory);
        var lengths = new List<int>();
        again.Read(0, (entry, _) => lengths.Add(entry.Length));
        Assert.HasCount(16, lengths);
        Assert.AreEqual(payload.Length + JournalEntry.HeaderBytes, lengths[10]);
    }

    [TestMethod]
    public void Open_TailCutAnywhereInTheLastEntry_KeepsEverythingBefore()
    {
        for (int cut = 1; cut < 48; cut += 5)
        {
            using var directory = new TemporaryDirectory();
            long end;
            long before;
            using (JournalLog journal = Open(directory))
            {
                before = Append(journal, 20);
                journal.Sync();
                end = Append(journal, 1);
            }

            string file = File(directory, 0);
            SetSynced(file, before);
            Overwrite(file, end - cut, [.. Enumerable.Repeat((byte)0xEE, cut)]);
            using JournalLog again = Open(directory);
            Assert.AreEqual(Numbers(20), Read(again, 0), $"cut {cut}");
            Assert.AreEqual(before, again.End);
            Append(again, 1);
        }
    }

    [TestMethod]
    public void Open_FlippedByteBeforeTheSyncedPosition_StopsAndNamesFileAndOffset()
    {
        using var directory = new TemporaryDirectory();
        long first;
        using (JournalLog journal = Open(directory))
        {
            first = Append(journal, 1);
            Append(journal, 20);
        }

        string file = File(directory, 0);
        Overwrite(file, first + 41, [0xFF]);
        JournalException e = Assert.ThrowsExactly<JournalException>(() => Open(directory).Dispose());
        StringAssert.Contains(e.Message, file, StringComparison.Ordinal);
        StringAssert.Contains(e.Message, first.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        StringAssert.Contains(e.Message, "--repair-journal", StringComparison.Ordinal);

        using JournalLog repaired = Open(directory, repair: true);
        Assert.AreEqual(Numbers(1), Read(repaired, 0));
        Assert.IsTrue(System.IO.File.Exists(file + ".damaged"));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(-1)]
    public void Open_SegmentMissing_StopsAndNamesIt(int missing)
    {
        using var directory = new TemporaryDirectory();
        using (JournalLog journal = Open(directory))
        {
            Append(journal, 3000);
        }

        string[] files = Files(directory);
        string file = missing < 0 ? files[^1] : files[missing + 1];
        System.IO.File.Delete(file);
        JournalException e = Assert.ThrowsExactly<JournalException>(() => Open(directory).Dispose());
        StringAssert.Contains(e.Message, Path.GetFileName(file), StringComparison.Ordinal);
        using JournalLog repaired = Open(directory, repair: true);
        StringAssert.StartsWith(Numbers(3000), Read(repaired, 0), StringComparison.Ordinal);
    }

    [TestMethod]
    public void Open_SegmentOfAnotherJournal_Stops()
    {
        using var directory = new TemporaryDirectory();
        using var other = new TemporaryDirectory();
        using (JournalLog journal = Open(directory))
        {
            Append(journal, 3000);
        }

        using (JournalLog journal = JournalLog.Open(other.Path, SegmentBytes, Guid.Empty, repair: false, NullLogger.Instance))
        {
            Append(journal, 3000);
        }

        System.IO.File.Copy(Files(other)[1], Files(directory)[1], overwrite: true);
        JournalException e = Assert.ThrowsExactly<JournalException>(() => Open(directory).Dispose());
        StringAssert.Contains(e.Message, "another journal", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Open_FileCutShort_StopsAndSaysSo()
    {
        using var directory = new TemporaryDirectory();
        using (JournalLog journal = Open(directory))
        {
            Append(journal, 10);
        }

        using (FileStream file = System.IO.File.OpenWrite(File(directory, 0)))
        {
            file.SetLength(SegmentBytes / 2);
        }

        JournalException e = Assert.ThrowsExactly<JournalException>(() => Open(directory).Dispose());
        StringAssert.Contains(e.Message, "cut short", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Release_WhatLiesBefore_IsDeletedAndTheRestReads()
    {
        using var directory = new TemporaryDirectory();
        using JournalLog journal = Open(directory);
        Append(journal, 1500);
        long position = journal.End;
        Append(journal, 1500);
        journal.Release(position);
        Assert.IsGreaterThan(0L, journal.First);
        Assert.AreEqual(1500, Read(journal, position).Split(',').Length);
    }

    [TestMethod]
    public void Header_AndEntry_HaveTheseBytes()
    {
        using var directory = new TemporaryDirectory();
        using (JournalLog journal = Open(directory))
        {
            var body = new RecordWriter();
            int token = JournalEntry.BeginRecord(body, 0x0102, "key"u8, (byte)'s', "e"u8);
            body.WriteBytes("delta"u8);
            JournalEntry.EndRecord(body, token);
            journal.TryAppend(body.Written, 1, new Stamp(0x1111), new Stamp(0x1110), Self);
        }

        byte[] file = System.IO.File.ReadAllBytes(File(directory, 0));
        Assert.AreEqual(
            "4D564B4A524E4C31" + "33221100554477668899AABBCCDDEEFF" + "0000000000000000" + "0100000000000000" +
            "0000010000000000" + "3B306394AD579294" + "B800000000000000" + "0000000000000000",
            Convert.ToHexString(file.AsSpan(0, 72)));
        Assert.AreEqual(
            "37000000" + "C222A0E7" + "0100000000000000" + "1111000000000000" + "1011000000000000" + "03000700" + "01000000" +
            "0201" + "036B6579" + "73" + "0165" + "0564656C7461" + "00",
            Convert.ToHexString(file.AsSpan(128, 56)));
    }

    private static JournalLog Open(TemporaryDirectory directory, bool repair = false) =>
        JournalLog.Open(directory.Path, SegmentBytes, Identity, repair, NullLogger.Instance);

    private static long Append(JournalLog journal, int count)
    {
        long end = 0;
        for (int i = 0; i < count; i++)
        {
            var body = new RecordWriter();
            body.WriteUInt64((ulong)i);
            end = journal.TryAppend(body.Written, 1, new Stamp((ulong)i + 1), new Stamp((ulong)i), Self);
            Assert.IsGreaterThan(0L, end);
        }

        return end;
    }

    private static string Read(JournalLog journal, long from)
    {
        var numbers = new List<ulong>();
        journal.Read(from, (entry, _) =>
            numbers.Add(BinaryPrimitives.ReadUInt64LittleEndian(entry[JournalEntry.HeaderBytes..])));
        return string.Join(',', numbers);
    }

    private static string Numbers(int count) => string.Join(',', Enumerable.Range(0, count));

    private static string[] Files(TemporaryDirectory directory)
    {
        string[] files = Directory.GetFiles(directory.Path, "*.journal");
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    private static string File(TemporaryDirectory directory, int index) => Files(directory)[index];

    private static void Overwrite(string path, long offset, byte[] bytes)
    {
        using FileStream file = System.IO.File.OpenWrite(path);
        file.Position = offset;
        file.Write(bytes);
    }

    /// <summary>What a power cut leaves: the position the last sync reported, and less than was appended since.</summary>
    private static void SetSynced(string path, long position)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, position);
        Overwrite(path, 56, bytes);
    }
}
