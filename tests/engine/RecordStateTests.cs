using System.Text;
using Marekvs.Abstractions.Crdt;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Tests;

/// <summary>Records as they are in memory, and as they are written down.</summary>
[TestClass]
public sealed class RecordStateTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Amended_ReadAgain_SaysTheSame(int writers)
    {
        // What several wrote is merged. A record that says so in memory alone says less after a restart, and to peers.
        var cell = new Cell();
        for (int node = 1; node <= writers; node++)
        {
            cell.AddDot(new CellDot(new Origin((ushort)node, 1), new Stamp((ulong)(10 + node)), DotState.Live, new byte[] { (byte)node }));
        }

        RecordState amended = RecordState.From(cell).Amended(Encoding.ASCII.GetBytes("merged"));
        var written = new RecordWriter();
        amended.Write(written);
        RecordState read = RecordState.Read(written.Written);
        Assert.AreEqual("merged", Encoding.ASCII.GetString(amended.Visible));
        Assert.AreEqual("merged", Encoding.ASCII.GetString(read.Visible));
        Assert.AreEqual(amended.Dot, read.Dot);
        Assert.AreEqual(writers, read.ToCell().Dots.Count);
    }
}
