using System.Buffers.Binary;
using System.IO.Hashing;
using Marekvs.Abstractions.Storage;

namespace Marekvs.Storage.Memory;

/// <summary>
/// All rows of a store in one file, replaced whole: written under another name, synced, renamed, directory synced.
/// So the file is always one complete snapshot, and its checksum tells damage from age.
/// </summary>
/// <remarks>
/// Little-endian, rows in key order:
/// <code>
/// file = "MVSMEM" 0 1 | watermark u64 | count u64 | count x row | checksum u64
/// row  = key length u32 | value length u32 | key | value
/// checksum = XxHash3 of everything before it
/// </code>
/// </remarks>
internal sealed class SnapshotFile(string directory)
{
    private const int HeaderBytes = 24;
    private const int ChecksumBytes = 8;

    private readonly string _path = Path.Combine(directory, "rows.snapshot");

    private static ReadOnlySpan<byte> Magic => "MVSMEM\0\u0001"u8;

    public long SizeBytes => new FileInfo(_path) is { Exists: true } file ? file.Length : 0;

    /// <summary>Reads the newest snapshot.</summary>
    /// <returns>An empty state when none was written yet.</returns>
    public MemoryState Read()
    {
        if (!File.Exists(_path))
        {
            return new MemoryState(TreeNode.Empty, 0, 0);
        }

        try
        {
            using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            return Read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{_path} cannot be read ({e.Message}); check the disk and its permissions", e);
        }
    }

    /// <summary>Replaces the snapshot.</summary>
    public void Write(MemoryState state)
    {
        string temporary = _path + ".new";
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                Write(state, file);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, _path, overwrite: true);
            DirectorySync.Sync(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(
                $"{_path} cannot be written ({e.Message}); make room on the disk or correct its permissions", e);
        }
    }

    private static void Write(MemoryState state, FileStream file)
    {
        var checksum = new XxHash3();
        Span<byte> header = stackalloc byte[HeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], state.Watermark);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], (ulong)state.Count);
        Append(header);
        using var rows = new MemoryScan(state.Root, from: [], to: [], reverse: false);
        Span<byte> lengths = stackalloc byte[8];
        while (rows.MoveNext())
        {
            BinaryPrimitives.WriteInt32LittleEndian(lengths, rows.Key.Length);
            BinaryPrimitives.WriteInt32LittleEndian(lengths[4..], rows.Value.Length);
            Append(lengths);
            Append(rows.Key);
            Append(rows.Value);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(lengths, checksum.GetCurrentHashAsUInt64());
        file.Write(lengths);

        void Append(ReadOnlySpan<byte> bytes)
        {
            checksum.Append(bytes);
            file.Write(bytes);
        }
    }

    private MemoryState Read(FileStream file)
    {
        var checksum = new XxHash3();
        byte[] header = Take(HeaderBytes);
        if (!header.AsSpan(0, Magic.Length).SequenceEqual(Magic))
        {
            throw Damaged("is not a snapshot of this format", 0);
        }

        ulong watermark = BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(8));
        ulong count = BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(16));
        var edit = new TreeEdit(TreeNode.Empty);
        for (ulong i = 0; i < count; i++)
        {
            byte[] lengths = Take(8);
            byte[] key = Take(BinaryPrimitives.ReadUInt32LittleEndian(lengths));
            edit.Put(key, Take(BinaryPrimitives.ReadUInt32LittleEndian(lengths.AsSpan(4))));
        }

        ulong expected = checksum.GetCurrentHashAsUInt64();
        byte[] found = Take(ChecksumBytes);
        if (BinaryPrimitives.ReadUInt64LittleEndian(found) != expected || file.Position != file.Length)
        {
            throw Damaged("has a wrong checksum", file.Position);
        }

        return new MemoryState(edit.Root, edit.CountChange, watermark);

        byte[] Take(long length)
        {
            if (length > file.Length - file.Position)
            {
                throw Damaged("is cut short", file.Position);
            }

            var bytes = new byte[length];
            file.ReadExactly(bytes);
            checksum.Append(bytes);
            return bytes;
        }
    }

    private StorageException Damaged(string what, long offset) => new(
        $"{_path} {what} (offset {offset}); restore the file from a backup, or move it away to start empty");
}
