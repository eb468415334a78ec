using System.Buffers.Binary;
using LiteDB;
using LiteDB.Engine;

namespace Marekvs.Storage.LiteDb;

/// <summary>Values too long for one document (LiteDB's end near 16 MB), kept in pieces.</summary>
/// <remarks>
/// <code>
/// document in "chunks" = { _id: value number u64 big-endian | piece u32 big-endian, v: at most 512 KiB }
/// </code>
/// </remarks>
internal sealed class LongValues(LiteEngine engine)
{
    public const int InlineBytesMax = 64 * 1024;

    private const int PieceBytes = 512 * 1024;
    private readonly Collection _chunks = new(engine, "chunks");

    public void Write(long number, ReadOnlySpan<byte> value)
    {
        for (int piece = 0; piece * (long)PieceBytes < value.Length; piece++)
        {
            ReadOnlySpan<byte> rest = value[(piece * PieceBytes)..];
            byte[] bytes = rest[..Math.Min(PieceBytes, rest.Length)].ToArray();
            _chunks.Upsert(new BsonDocument { ["_id"] = Id(number, piece), ["v"] = bytes });
        }
    }

    public byte[] Read(long number, int length)
    {
        var value = new byte[length];
        for (int piece = 0; piece * (long)PieceBytes < length; piece++)
        {
            Span<byte> target = value.AsSpan(piece * PieceBytes);
            if (_chunks.Find(Id(number, piece)) is not { } document ||
                document["v"].AsBinary.Length != Math.Min(PieceBytes, target.Length))
            {
                throw new InvalidDataException($"piece {piece} of value {number} is missing or has a wrong length");
            }

            document["v"].AsBinary.CopyTo(target);
        }

        return value;
    }

    public void Delete(long number, int length)
    {
        for (int piece = 0; piece * (long)PieceBytes < length; piece++)
        {
            _chunks.Delete(Id(number, piece));
        }
    }

    private static BsonValue Id(long number, int piece)
    {
        var id = new byte[12];
        BinaryPrimitives.WriteInt64BigEndian(id, number);
        BinaryPrimitives.WriteInt32BigEndian(id.AsSpan(8), piece);
        return new BsonValue(id);
    }
}
