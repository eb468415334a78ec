using System.Buffers.Binary;

namespace Marekvs.EndToEnd.Faults;

/// <summary>
/// The journal seen as files by somebody who wants to damage it: segments with a header of 128 bytes, then entries,
/// each beginning with its length in 4 bytes and padded to a multiple of 8, then zeros.
/// </summary>
internal static class JournalFiles
{
    private const int HeaderBytes = 128;

    public static string Directory(string data) => Path.Combine(data, "journal");

    /// <summary>The segments, oldest first.</summary>
    public static IReadOnlyList<string> Segments(string data) =>
        [.. System.IO.Directory.GetFiles(Directory(data), "*.journal").Order(StringComparer.Ordinal)];

    /// <summary>Where the entries of a segment begin, and as the last element where they end.</summary>
    public static IReadOnlyList<long> EntryOffsets(string segment)
    {
        byte[] bytes = File.ReadAllBytes(segment);
        var offsets = new List<long> { HeaderBytes };
        while (offsets[^1] + 4 <= bytes.Length)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan((int)offsets[^1]));
            if (length == 0)
            {
                break;
            }

            offsets.Add(offsets[^1] + ((length + 7) & ~7L));
        }

        return offsets;
    }

    /// <summary>The newest segment that holds entries: a prepared one may follow it.</summary>
    public static string Newest(string data) =>
        Segments(data).Last(segment => EntryOffsets(segment).Count > 1);

    public static void Overwrite(string file, long offset, ReadOnlySpan<byte> bytes)
    {
        using FileStream stream = File.OpenWrite(file);
        stream.Position = offset;
        stream.Write(bytes);
    }

    /// <summary>Makes a segment look as if nothing had been written from an offset on.</summary>
    public static void ZeroFrom(string file, long offset) =>
        Overwrite(file, offset, new byte[new FileInfo(file).Length - offset]);

    public static void FlipByte(string file, long offset)
    {
        using FileStream stream = File.Open(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Position = offset;
        int value = stream.ReadByte();
        stream.Position = offset;
        stream.WriteByte((byte)~value);
    }
}
