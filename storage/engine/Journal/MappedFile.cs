using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Marekvs.Abstractions;

namespace Marekvs.Storage.Engine.Journal;

/// <summary>A file of a fixed length in mapped memory: what is written there is in the page cache at once and survives the
/// process. The kernel is told which pages are needed next and which no more.</summary>
internal sealed unsafe partial class MappedFile : IDisposable
{
    private const long PageBytes = 4096;
    private const long PresentAheadBytes = 256 * 1024;

    // Advice of madvise(2): give shared pages back to the page cache, which keeps what was written; make pages present.
    private const int Unmap = 4;
    private const int PopulateForWriting = 23;

    private readonly FileStream _file;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;

    // Null once closed: what a late caller would touch may long be somebody else's memory.
    private byte* _start;
    private long _present;

    private MappedFile(FileStream file, long length)
    {
        Length = length;
        _file = file;
        _map = MemoryMappedFile.CreateFromFile(
            file, mapName: null, length, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor(0, length);
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _start = pointer + _view.PointerOffset;
    }

    public long Length { get; }

    private byte* Start
    {
        get
        {
            byte* start = _start;
            Abstractions.Invariant.That(start != null, "a journal file is used while it is open");
            return start;
        }
    }

    /// <summary>Creates a file, or overwrites one, and reserves its space.</summary>
    /// <exception cref="IOException">The disk is full or not writable; nothing is left behind.</exception>
    public static MappedFile Create(string path, long length)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            Reserve(file, length);
            return new MappedFile(file, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            TryDelete(path);
            throw e as IOException ?? new IOException(e.Message, e);
        }
    }

    /// <summary>Opens a file that is not empty.</summary>
    public static MappedFile Open(string path)
    {
        FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        return new MappedFile(file, file.Length);
    }

    /// <summary>An aligned 8-byte word, to be read and written as a whole.</summary>
    public ref long Word(int offset) => ref *(long*)(Start + offset);

    public Span<byte> Bytes(long offset, int count)
    {
        Invariant.That(offset >= 0 && count >= 0 && offset + count <= Length, "a journal access stays in its file");
        return new Span<byte>(Start + offset, count);
    }

    /// <summary>Room to write into. The pages ahead are made present many at a time, which costs a fraction of a fault
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
}
