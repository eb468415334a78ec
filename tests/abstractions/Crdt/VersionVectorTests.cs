using CsCheck;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Tests.Crdt;

[TestClass]
public sealed class VersionVectorTests
{
    private static Gen<VersionVector> Vectors { get; } =
        Gen.Select(Gen.UInt[1, 6], Gen.ULong[1, 9]).Array[0, 6].Select(entries =>
        {
            var vector = new VersionVector();
            foreach ((uint origin, ulong stamp) in entries)
            {
                vector.Raise(new Origin(origin), new Stamp(stamp));
            }

            return vector;
        });

    [TestMethod]
    public void Join_AnyVectors_IsCommutativeAssociativeIdempotent() => Gen.Select(Vectors, Vectors, Vectors).Sample(
        (a, b, c) =>
        {
            Assert.AreEqual(Text(Join(a, b)), Text(Join(b, a)));
            Assert.AreEqual(Text(Join(Join(a, b), c)), Text(Join(a, Join(b, c))));
            Assert.AreEqual(Text(a), Text(Join(a, a)));
        },
        iter: 10_000);

    [TestMethod]
    public void Write_AnyVector_ReadsBackTheSame() => Vectors.Sample(
        vector =>
        {
            byte[] bytes = [.. Encode(vector), 0xEE];
            VersionVector read = VersionVector.Read(bytes, out int consumed);
            Assert.AreEqual(bytes.Length - 1, consumed);
            Assert.AreEqual(Text(vector), Text(read));
        },
        iter: 5_000);

    [TestMethod]
    public void Covers_DotsAroundAnEntry_AreAtOrBelowIt()
    {
        var vector = new VersionVector();
        vector.Raise(new Origin(7), new Stamp(10));
        vector.Raise(new Origin(7), new Stamp(9));
        Assert.IsTrue(vector.Covers(new Dot(new Stamp(10), new Origin(7))));
        Assert.IsFalse(vector.Covers(new Dot(new Stamp(11), new Origin(7))));
        Assert.IsFalse(vector.Covers(new Dot(new Stamp(1), new Origin(8))));
        vector.Forget(dot => dot.Origin == new Origin(7));
        Assert.AreEqual(0, vector.Count);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("01")]
    [DataRow("010001000000")]
    [DataRow("0200" + "02000000" + "0100000000000000" + "01000000" + "0100000000000000")]
    [DataRow("0200" + "01000000" + "0100000000000000" + "01000000" + "0200000000000000")]
    [DataRow("0100" + "01000000" + "0000000000000000")]
    public void Read_NotAVector_IsRefused(string hex) =>
        Assert.ThrowsExactly<RecordFormatException>(() => VersionVector.Read(Convert.FromHexString(hex), out _));

    private static VersionVector Join(VersionVector left, VersionVector right)
    {
        VersionVector joined = left.Clone();
        joined.Join(right);
        return joined;
    }

    private static byte[] Encode(VersionVector vector)
    {
        var bytes = new byte[vector.EncodedLength];
        Assert.AreEqual(bytes.Length, vector.Write(bytes));
        return bytes;
    }

    private static string Text(VersionVector vector) => Convert.ToHexString(Encode(vector));
}
