using System.Buffers.Binary;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Transport.Mesh;
using ZstdSharp;

namespace Marekvs.Cluster.Tests.Wire;

/// <summary>Messages of any length through frames of bounded length, compressed and plain.</summary>
[TestClass]
public sealed class MeshFrameTests
{
    public static IEnumerable<object[]> Lengths =>
        from length in (int[])[0, 1, 1023, 1024, MeshFrames.FrameBytesMax, MeshFrames.FrameBytesMax + 1, 3_000_000]
        from compresses in (bool[])[false, true]
        from isRandom in (bool[])[false, true]
        select new object[] { length, compresses, isRandom };

    [TestMethod]
    [DynamicData(nameof(Lengths))]
    public async Task Message_ComesOutAsItWentIn(int length, bool compresses, bool isRandom)
    {
        byte[] message = new byte[length];
        if (isRandom)
        {
            new Random(length).NextBytes(message);
        }

        byte[] frames = Pack(compresses, message, [7]);
        using var reader = new FrameReader(new MemoryStream(frames), compresses);
        CollectionAssert.AreEqual(message, await reader.ReadAsync(() => { }, CancellationToken.None));
        CollectionAssert.AreEqual(new byte[] { 7 }, await reader.ReadAsync(() => { }, CancellationToken.None));
        if (compresses && !isRandom && length >= 1024)
        {
            Assert.IsLessThan(length / 5, frames.Length, "it gains");
        }
    }

    [TestMethod]
    public void Frame_Bytes_AreFrozen()
    {
        Assert.AreEqual("03000000" + "3B73AE32" + "010203", Convert.ToHexString(MeshFrames.Wrap([1, 2, 3])));
        byte[] long3 = Pack(compresses: false, new byte[MeshFrames.FrameBytesMax + 1]);
        Assert.AreEqual(0x80040000u, BinaryPrimitives.ReadUInt32LittleEndian(long3), "the message goes on");
        byte[] small = Pack(compresses: true, new byte[2000]);
        Assert.AreEqual((uint)small.Length - 8 | 0x40000000u, BinaryPrimitives.ReadUInt32LittleEndian(small));
        Assert.AreEqual(2000u, BinaryPrimitives.ReadUInt32LittleEndian(small.AsSpan(8)));
    }

    [TestMethod]
    public async Task Frame_TooLongOrDamaged_IsRefused()
    {
        byte[] frame = MeshFrames.Wrap([1, 2, 3]);
        Assert.HasCount(3, (await MeshFrames.ReadAsync(new MemoryStream(frame), 3, CancellationToken.None)).Bytes);
        await Assert.ThrowsExactlyAsync<RecordFormatException>(
            async () => await MeshFrames.ReadAsync(new MemoryStream(frame), 2, CancellationToken.None));
        frame[^1] ^= 1;
        await Assert.ThrowsExactlyAsync<RecordFormatException>(
            async () => await MeshFrames.ReadAsync(new MemoryStream(frame), 3, CancellationToken.None));
    }

    [TestMethod]
    [DataRow(uint.MaxValue)]
    [DataRow((uint)MeshFrames.FrameBytesMax + 1)]
    [DataRow(1999u)]
    [DataRow(2001u)]
    [DataRow(0u)]
    public async Task Frame_ThatBecomesMoreOrLessThanItSays_IsRefused(uint announced)
    {
        byte[] frame = Compressed(new byte[2000]);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(8), announced);
        await RefuseAsync(Sealed(frame), decompresses: true);
    }

    [TestMethod]
    public async Task Frame_ThatBecomesALot_IsRefusedWithoutRoomForIt()
    {
        // A gigabyte of zeros is a few kilobytes.
        using var compressor = new Compressor(19);
        byte[] bomb = compressor.Wrap(new byte[256 * 1024 * 1024]).ToArray();
        Assert.IsLessThan(MeshFrames.FrameBytesMax, bomb.Length);
        byte[] frame = [.. new byte[12], .. bomb];
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(8), MeshFrames.FrameBytesMax);
        long before = GC.GetAllocatedBytesForCurrentThread();
        await RefuseAsync(Sealed(frame), decompresses: true);
        Assert.IsLessThan(8 * 1024 * 1024, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public async Task Frame_ThatIsNoCompressedOne_IsRefused()
    {
        await RefuseAsync(Sealed([.. new byte[8], 1, 0, 0, 0, 1, 2, 3]), decompresses: true);
        await RefuseAsync(Sealed([.. new byte[8], 1, 0]), decompresses: true);
        await RefuseAsync(Sealed(Compressed(new byte[2000])), decompresses: false);
    }

    [TestMethod]
    public async Task Message_ThatGoesOnWithNothing_IsRefused()
    {
        byte[] first = new byte[9];
        MeshFrames.WriteHeader(first, isCompressed: false, goesOn: true);
        byte[] next = new byte[8];
        MeshFrames.WriteHeader(next, isCompressed: false, goesOn: true);
        await RefuseAsync([.. first, .. next, .. next], decompresses: false);
    }

    private static async Task RefuseAsync(byte[] frames, bool decompresses)
    {
        using var reader = new FrameReader(new MemoryStream(frames), decompresses);
        await Assert.ThrowsExactlyAsync<RecordFormatException>(async () => await reader.ReadAsync(() => { }, CancellationToken.None));
    }

    private static byte[] Compressed(byte[] plain)
    {
        using var compressor = new Compressor(1);
        byte[] frame = [.. new byte[12], .. compressor.Wrap(plain)];
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(8), plain.Length);
        return frame;
    }

    private static byte[] Sealed(byte[] frame)
    {
        MeshFrames.WriteHeader(frame, isCompressed: true, goesOn: false);
        return frame;
    }

    private static byte[] Pack(bool compresses, params byte[][] messages)
    {
        using var writer = new FrameWriter(compresses);
        var stream = new MemoryStream();
        foreach (byte[] message in messages)
        {
            int at = 0;
            do
            {
                at += writer.Add(message.AsSpan(at));
                stream.Write(writer.Frames.Span);
                writer.Clear();
            }
            while (at < message.Length);
        }

        return stream.ToArray();
    }
}
