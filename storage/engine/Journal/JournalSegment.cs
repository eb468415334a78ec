using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;

namespace Marekvs.Storage.Engine.Journal;

/// <summary>
/// One file of the journal, preallocated and mapped.
/// <code>
/// file name: first position as 16 hex digits, ".journal"
///
/// header, 128 bytes, little-endian
///   0  magic        8   "MVKJRNL1"
///   8  identity    16   random; a new data directory has a new one
///  24  first        8   position of byte 0 of this file in the journal
///  32  sequence     8   sequence of the first entry
///  40  length       8   bytes of this file
///  48  checksum     8   XxHash3 of bytes 0..47
///  56  synced       8   position up to which the journal is known to be on disk; written after each sync
///  64  continued    8   1 once the journal goes on in another file: without that file the history is incomplete
///  72  zeros       56
/// then entries, 8-byte aligned (see JournalEntry), then zeros
/// </code>
/// </summary>
internal sealed class JournalSegment : IDisposable
{
    public const int HeaderBytes = 128;
    public const string Extension = ".journal";

    /// <summary>The name of a file whose space is reserved but which is not part of the journal yet.</summary>
    public const string PreparedName = "next.prepared";

    private const int ChecksumAt = 48;
    private const int SyncedAt = 56;
    private const int ContinuedAt = 64;

    private readonly MappedFile _file;

    private JournalSegment(string path, MappedFile file)
    {
        Path = path;
        _file = file;
    }

    private static ReadOnlySpan<byte> Magic => "MVKJRNL1"u8;

    public string Path { get; private set; }

    /// <summary>Bytes of the file.</summary>
    public long Length => _file.Length;

    /// <summary>Position of the file's first byte in the journal.</summary>
    public long First => BinaryPrimitives.ReadInt64LittleEndian(Bytes(24, 8));

    /// <summary>Position after the file's last byte.</summary>
    public long End => First + Length;

    public ulong FirstSequence => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(32, 8));

    public Guid Identity => new(Bytes(8, 16));

    public long Synced
    {
        get => Volatile.Read(ref _file.Word(SyncedAt));
        set => Volatile.Write(ref _file.Word(SyncedAt), value);
    }

    /// <summary>Whether the journal went on in another file.</summary>
    public bool IsContinued
    {
        get => Volatile.Read(ref _file.Word(ContinuedAt)) != 0;
        set => Volatile.Write(ref _file.Word(ContinuedAt), value ? 1 : 0);
    }

    public static string FileName(long first) => first.ToString("x16", CultureInfo.InvariantCulture) + Extension;

    /// <summary>Creates the file that continues a journal.</summary>
    /// <exception cref="IOException">The disk is full or not writable; nothing is left behind.</exception>
    public static JournalSegment Create(string directory, Guid identity, long first, ulong sequence, long length)
    {
        JournalSegment segment = Prepare(directory, FileName(first), length);
        segment.WriteHeader(identity, first, sequence);
        return segment;
    }

    /// <summary>Reserves space under a name; the file has no header yet.</summary>
    /// <exception cref="IOException">The disk is full or not writable; nothing is left behind.</exception>
    public static JournalSegment Prepare(string directory, string name, long length)
    {
        string path = System.IO.Path.Combine(directory, name);
        return new JournalSegment(path, MappedFile.Create(path, length));
    }

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="JournalException">The header is damaged.</exception>
    public static JournalSegment Open(string path)
    {
        if (new FileInfo(path).Length < HeaderBytes)
        {
            throw new JournalException($"{path}: the file is shorter than a journal header ({HeaderBytes} bytes).");
        }

        var segment = new JournalSegment(path, MappedFile.Open(path));
        string? fault = segment.HeaderFault();
        if (fault is not null)
        {
            segment.Dispose();
            throw new JournalException($"{path}: {fault}");
        }

        return segment;
    }

    /// <summary>Takes a prepared file into use under its name in the journal.</summary>
    /// <exception cref="IOException">The file cannot be renamed.</exception>
    public void Adopt(Guid identity, long first, ulong sequence)
    {
        string path = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, FileName(first));
        WriteHeader(identity, first, sequence);
        File.Move(Path, path, overwrite: true);
        Path = path;
    }

    public Span<byte> Bytes(long offset, int count) => _file.Bytes(offset, count);

    /// <summary>Reads the entry at a position.</summary>
    /// <returns>False when none is there that checks.</returns>
    public bool TryGetEntry(long position, out ReadOnlySpan<byte> entry)
    {
        entry = default;
        long offset = position - First;
        if (Length - offset < JournalEntry.HeaderBytes)
        {
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(Bytes(offset, 4));
        if (length < JournalEntry.HeaderBytes || length > Length - offset)
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = Bytes(offset, (int)length);
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) != JournalEntry.Checksum(bytes, position))
        {
            return false;
        }

        entry = bytes;
        return true;
    }

    /// <summary>Whether nothing was ever written from a position on.</summary>
    public bool IsBlankFrom(long position)
    {
        const int Chunk = 1 << 20;
        for (long at = position - First; at < Length; at += Chunk)
        {
            if (Bytes(at, (int)Math.Min(Chunk, Length - at)).IndexOfAnyExcept((byte)0) >= 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc cref="MappedFile.Room"/>
    public Span<byte> Room(long offset, int count) => _file.Room(offset, count);

    /// <inheritdoc cref="MappedFile.Flush"/>
    public void Flush(long from, long to) => _file.Flush(from, to);

    /// <summary>Removes everything from an offset on, so that it can never be taken for entries.</summary>
    public void ClearFrom(long offset)
    {
        const int Chunk = 1 << 20;
        for (long at = offset; at < Length; at += Chunk)
        {
            Span<byte> part = Bytes(at, (int)Math.Min(Chunk, Length - at));
            if (part.IndexOfAnyExcept((byte)0) >= 0)
            {
                part.Clear();
            }
        }
    }

    public void Dispose() => _file.Dispose();

    public void Delete()
    {
        Dispose();
        File.Delete(Path);
    }

    private void WriteHeader(Guid identity, long first, ulong sequence)
    {
        Span<byte> header = Bytes(0, HeaderBytes);
        Magic.CopyTo(header);
        identity.TryWriteBytes(header[8..]);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], first);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], sequence);
        BinaryPrimitives.WriteInt64LittleEndian(header[40..], Length);
        BinaryPrimitives.WriteUInt64LittleEndian(header[ChecksumAt..], XxHash3.HashToUInt64(header[..ChecksumAt]));
        BinaryPrimitives.WriteInt64LittleEndian(header[SyncedAt..], first);
    }

    private string? HeaderFault()
    {
        Span<byte> header = Bytes(0, HeaderBytes);
        if (!header.StartsWith(Magic))
        {
            return "this is not a journal file (offset 0 does not say MVKJRNL1).";
        }

        if (BinaryPrimitives.ReadUInt64LittleEndian(header[ChecksumAt..]) != XxHash3.HashToUInt64(header[..ChecksumAt]))
        {
            return "the header is damaged (checksum at offset 48).";
        }

        long length = BinaryPrimitives.ReadInt64LittleEndian(header[40..]);
        return length == Length ? null : $"the file has {Length} bytes where its header says {length}; it was cut short or extended.";
    }
}
