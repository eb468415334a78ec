using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Tests.Crdt;

/// <summary>The bytes of every persisted format. A change here is a change of what is on disk: it needs a new format
/// number and a way to read the old one, never a new expectation.</summary>
[TestClass]
public sealed class GoldenBytesTests
{
    private const string StampHex = "0807060504030201";
    private const string OriginHex = "0D0C0B0A";

    private static readonly Stamp Time = new(0x0102030405060708);
    private static readonly Origin Writer = new(0x0A0B, 0x0C0D);
    private static readonly Origin Other = new(0x0A0B, 0x0C0E);
    private static readonly Dot Write = new(Time, Writer);

    [TestMethod]
    public void Simple_IsStampOriginPayload() =>
        AssertBytes("00" + StampHex + OriginHex + "76616C", CellDelta.Put(null, Write, "val"u8.ToArray()));

    [TestMethod]
    public void Simple_EmptyPayload_IsThirteenBytes() =>
        AssertBytes("00" + StampHex + OriginHex, CellDelta.Put(null, Write, default));

    [TestMethod]
    public void Simple_WithDeadline_HasItBeforeThePayload() => AssertBytes(
        "04" + StampHex + OriginHex + "0102030000000000" + "76",
        CellDelta.Put(null, Write, "v"u8.ToArray(), DotState.Live, 0x030201));

    [TestMethod]
    public void Many_LiveMarkedAndDeadDots_AreSortedByOrigin()
    {
        var cell = new Cell();
        cell.AddDot(new CellDot(Other, new Stamp(2), DotState.Dead, default));
        cell.AddDot(new CellDot(Writer, Time, DotState.LiveGreatest, "v"u8.ToArray()));
        AssertBytes(
            "01" + "02" + OriginHex + StampHex + "03" + "01" + "76" + "0E0C0B0A" + "0200000000000000" + "00", cell);
    }

    [TestMethod]
    [DataRow(DotState.Dead, "00")]
    [DataRow(DotState.LiveIfFirst, "0200")]
    [DataRow(DotState.LiveGreatest, "0300")]
    [DataRow(DotState.LiveLeast, "0400")]
    [DataRow(DotState.LiveUnion, "0500")]
    [DataRow(DotState.Final, "06")]
    public void Many_States_HaveTheseNumbers(DotState state, string hex)
    {
        var cell = new Cell();
        cell.AddDot(new CellDot(Writer, Time, state, default));
        AssertBytes("01" + "01" + OriginHex + StampHex + hex, cell);
    }

    [TestMethod]
    public void Many_LiveBesideAnother_HasStateOne()
    {
        Cell cell = CellDelta.Put(null, Write, default);
        cell.Join(CellDelta.Put(null, new Dot(new Stamp(2), Other), default));
        AssertBytes("0102" + OriginHex + StampHex + "0100" + "0E0C0B0A" + "0200000000000000" + "0100", cell);
    }

    [TestMethod]
    public void Empty_IsManyOfNone() => AssertBytes("0100", new Cell());

    [TestMethod]
    public void Counter_Integer_IsZigzag()
    {
        Cell cell = CellDelta.Increment(null, Write, new CounterSum((Int128)(-3)));
        AssertBytes("0300" + StampHex + "01" + OriginHex + StampHex + "00" + "0005" + "00", cell);
    }

    [TestMethod]
    public void Counter_ContinuedAndPartlyReset_HasDistancesFromItsGeneration()
    {
        Cell cell = CellDelta.Increment(null, Write, new CounterSum((Int128)100));
        Cell reset = CellDelta.Remove(cell, new Dot(new Stamp(1), Other));
        cell.Join(CellDelta.Increment(cell, new Dot(new Stamp(Time.Value + 300), Writer), new CounterSum((Int128)1)));
        cell.Join(reset);
        AssertBytes(
            "0300" + "3408060504030201" + "01" + OriginHex + StampHex + "AC02" + "00CA01" + "01" + "00C801", cell);
    }

    [TestMethod]
    public void Counter_Decimal_IsItsFourParts() => AssertBytes(
        "0300" + StampHex + "01" + OriginHex + StampHex + "00" + "01" + "0F000000" + "00000000" + "00000000" +
        "00000180" + "00",
        CellDelta.Increment(null, Write, new CounterSum(-1.5m)));

    [TestMethod]
    public void Counter_Double_IsItsBits() => AssertBytes(
        "0300" + StampHex + "01" + OriginHex + StampHex + "00" + "02" + "000000000000F83F" + "00",
        CellDelta.Increment(null, Write, new CounterSum(1.5)));

    [TestMethod]
    public void Deadlines_OfAnExpireAfterAPut_AreAtTheEnd()
    {
        Cell cell = CellDelta.Put(null, Write, "v"u8.ToArray());
        cell.Join(CellDelta.Expire(cell, new Dot(new Stamp(Time.Value + 1), Other), 255));
        AssertBytes(
            "0501" + OriginHex + StampHex + "01" + "0176" + "02" + OriginHex + StampHex + "0000000000000080" +
            "0E0C0B0A" + "0907060504030201" + "FF00000000000000",
            cell);
    }

    [TestMethod]
    public void Deadlines_Persist_IsTheGreatestNumber() => AssertBytes(
        "0500" + "01" + OriginHex + StampHex + "FFFFFFFFFFFFFF7F", CellDelta.Expire(null, Write, Cell.NoDeadline));

    [TestMethod]
    public void CounterAndDeadline_InOneRecord_ComeInThisOrder()
    {
        Cell cell = CellDelta.Increment(null, Write, new CounterSum((Int128)1));
        cell.Join(CellDelta.Expire(cell, new Dot(new Stamp(Time.Value + 1), Writer), 1));
        AssertBytes(
            "0700" + StampHex + "01" + OriginHex + StampHex + "00" + "0002" + "00" + "01" + OriginHex +
            "0907060504030201" + "0100000000000000",
            cell);
    }

    [TestMethod]
    public void ShortWriters_GiveTheBytesOfTheirCells()
    {
        CounterSlot slot = CounterSlot.Add(null, Write, new CounterSum((Int128)9));
        var writer = new RecordWriter();
        CellCodec.WriteIncrement(writer, slot);
        AssertBytes(Convert.ToHexString(writer.Written), CellDelta.Increment(null, Write, new CounterSum((Int128)9)));
        writer.Clear();
        CellCodec.WriteExpire(writer, new CellDeadline(Writer, Time, 77));
        AssertBytes(Convert.ToHexString(writer.Written), CellDelta.Expire(null, Write, 77));
    }

    [TestMethod]
    public void VersionVector_IsCountAndSortedEntries()
    {
        var vector = new VersionVector();
        vector.Raise(Other, new Stamp(2));
        vector.Raise(Writer, Time);
        var bytes = new byte[vector.EncodedLength];
        vector.Write(bytes);
        Assert.AreEqual(
            "0200" + OriginHex + StampHex + "0E0C0B0A" + "0200000000000000", Convert.ToHexString(bytes));
    }

    [TestMethod]
    public void Digest_NamesDotsDeadlinesAndSlotsButNoMarker()
    {
        Cell cell = CellDelta.Put(null, Write, "v"u8.ToArray());
        cell.AddDot(new CellDot(Other, new Stamp(2), DotState.Dead, default));
        cell.AddDeadline(new CellDeadline(Other, new Stamp(3), 255));
        cell.AddDeadline(new CellDeadline(Writer, Time, Cell.DeadDeadline));
        cell.Join(CellDelta.Increment(null, Write, new CounterSum((Int128)1)));
        var writer = new RecordWriter();
        cell.WriteDigestInput(writer);
        Assert.AreEqual(
            "76" + OriginHex + StampHex + "74" + "0E0C0B0A" + "0300000000000000" + "FF00000000000000" +
            "63" + OriginHex + StampHex + "00" + "0002" + "00",
            Convert.ToHexString(writer.Written));
    }

    [TestMethod]
    public void StampAndOrigin_PackHighAndLowParts()
    {
        Assert.AreEqual(0x0123456789AB0000UL, Stamp.FromUnixMilliseconds(0x0123456789AB).Value);
        Assert.AreEqual(0x0123456789ABL, new Stamp(0x0123456789ABFFFF).UnixMilliseconds);
        Assert.AreEqual(0x0A0B0C0Du, Writer.Value);
        Assert.AreEqual((ushort)0x0A0B, Writer.Node);
        Assert.AreEqual((ushort)0x0C0D, Writer.Incarnation);
    }

    private static void AssertBytes(string hex, Cell cell)
    {
        Assert.AreEqual(hex, Convert.ToHexString(ReachableStates.Encode(cell)));
        Assert.AreEqual(hex, Convert.ToHexString(ReachableStates.Encode(CellCodec.Read(Convert.FromHexString(hex)))));
    }
}
