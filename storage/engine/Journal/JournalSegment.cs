using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

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
internal sealed unsafe partial class JournalSegment : IDisposable
{
    public const int HeaderBytes = 128;
    public const string Extension = ".journal";

    /// <summary>The name of a file whose space is reserved but which is not part of the journal yet.</summary>
    public const string PreparedName = "next.prepared";

    private const int ChecksumAt = 48;
    private const long PageBytes = 4096;
    private const long PresentAheadBytes = 256 * 1024;

    // Advice of madvise(2): give shared pages back to the page cache, which keeps what was written; make pages present.
    private const int Unmap = 4;
    private const int PopulateForWriting = 23;
    private const int SyncedAt = 56;
    private const int ContinuedAt = 64;

    private readonly FileStream _file;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;

    // Null once closed: what a late caller would touch may long be somebody else's memory.
    private byte* _start;
    private long _present;

    private JournalSegment(string path, FileStream file, long length)
    {
        Path = path;
        Length = length;
        _file = file;
        _map = MemoryMappedFile.CreateFromFile(
            file, mapName: null, length, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor(0, length);
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _start = pointer + _view.PointerOffset;
    }

    private byte* Start
    {
        get
        {
            byte* start = _start;
            Abstractions.Invariant.That(start != null, "a journal file is used while it is open");
            return start;
        }
    }

    private static ReadOnlySpan<byte> Magic => "MVKJRNL1"u8;

    public string Path { get; private set; }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    /// <summary>Position of the file's first byte in the journal.</summary>
    public long First => BinaryPrimitives.ReadInt64LittleEndian(Bytes(24, 8));

    /// <summary>Position after the file's last byte.</summary>
    public long End => First + Length;

    public ulong FirstSequence => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(32, 8));

    public Guid Identity => new(Bytes(8, 16));

    public long Synced
    {
        get => Volatile.Read(ref Word(SyncedAt));
        set => Volatile.Write(ref Word(SyncedAt), value);
    }

    /// <summary>Whether the journal went on in another file.</summary>
    public bool IsContinued
    {
        get => Volatile.Read(ref Word(ContinuedAt)) != 0;
        set => Volatile.Write(ref Word(ContinuedAt), value ? 1 : 0);
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
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            Reserve(file, length);
            return new JournalSegment(path, file, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            TryDelete(path);
            throw e as IOException ?? new IOException(e.Message, e);
        }
    }

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="JournalException">The header is damaged.</exception>
    public static JournalSegment Open(string path)
    {
        FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        if (file.Length < HeaderBytes)
        {
            file.Dispose();
            throw new JournalException($"{path}: the file is shorter than a journal header ({HeaderBytes} bytes).");
        }

        var segment = new JournalSegment(path, file, file.Length);
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

    private ref long Word(int offset) => ref *(long*)(Start + offset);

    public Span<byte> Bytes(long offset, int count)
    {
        Abstractions.Invariant.That(offset >= 0 && count >= 0 && offset + count <= Length, "a journal access stays in its file");
        return new Span<byte>(Start + offset, count);
    }

    /// <summary>Room for an entry. The pages ahead are made present many at a time, which costs a fraction of a fault
    /// for each.</summary>
    public Span<byte> Room(long offset, int count)
    {
        long end = offset + count;
        if (end > _present)
        {
            long from = Math.Max(_present, offset & ~(PageBytes - 1));
            long to = Math.Min(Length, Math.Max(end, from + PresentAheadBytes));
            Advise(from, to, PopulateForWriting);
            _present = to;
        }

        return Bytes(offset, count);
    }

    /// <summary>Writes changed pages to the disk.</summary>
    /// <param name="from">Where in the file changes begin.</param>
    /// <param name="to">Where they end; what lies before is not written again.</param>
    public void Flush(long from, long to)
    {
        // Whole pages first leave the address space together: otherwise the kernel takes each out by itself as it
        // writes it, and every time interrupts the processor that is appending.
        long first = (Math.Max(from, PageBytes) + PageBytes - 1) & ~(PageBytes - 1);
        long last = Math.Min(to, Length) & ~(PageBytes - 1);
        if (first < last)
        {
            Advise(first, last, Unmap);
        }

        RandomAccess.FlushToDisk(_file.SafeFileHandle);
    }

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

    public void Dispose()
    {
        if (_start == null)
        {
            return;
        }

        _start = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
        _file.Dispose();
    }

    public void Delete()
    {
        Dispose();
        File.Delete(Path);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What could not be created is rarely deletable either; the next start reuses or reports it.
        }
    }

    /// <summary>Reserves real blocks, so that a later write into the mapping cannot fail for want of space.</summary>
    private static void Reserve(FileStream file, long length)
    {
        if (OperatingSystem.IsLinux())
        {
            int error = PosixFallocate((int)file.SafeFileHandle.DangerousGetHandle(), 0, length);
            if (error == 0)
            {
                return;
            }

            throw new IOException($"{file.Name}: cannot reserve {length} bytes (error {error}: disk full or not writable)");
        }

        byte[] zeros = new byte[1 << 20];
        for (long at = 0; at < length; at += zeros.Length)
        {
            RandomAccess.Write(file.SafeFileHandle, zeros.AsSpan(0, (int)Math.Min(zeros.Length, length - at)), at);
        }
    }

    /// <summary>Tells the kernel about the pages of a part. Where it does not listen, all works as before.</summary>
    private void Advise(long from, long to, int advice)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = AdviseMemory(Start + from, (nuint)(to - from), advice);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int AdviseMemory(void* start, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int PosixFallocate(int descriptor, long offset, long length);

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
