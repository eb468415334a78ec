using System.Runtime.InteropServices;

namespace Marekvs.Storage.RocksDb;

/// <summary>
/// Keeps the C library from hoarding what RocksDB gives back. glibc gives each thread that allocates an arena of its
/// own, and blocks read by one thread and evicted by another leave holes in all of them: a data set ten times the
/// memory limit made the process twice as large as what was in use.
/// </summary>
internal static class NativeMemory
{
    // Parameters of mallopt(3).
    private const int TrimThreshold = -1;
    private const int MapThreshold = -3;
    private const int ArenasMax = -8;

    private const int Arenas = 2;

    /// <summary>Larger pieces, write buffers above all, are mapped by themselves and go back at once. It must be
    /// said, for by default the bound grows with use.</summary>
    private const int MappedBytesMin = 1024 * 1024;

    public static void Tune()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = SetOption(ArenasMax, Arenas);
            _ = SetOption(MapThreshold, MappedBytesMin);
            _ = SetOption(TrimThreshold, MappedBytesMin);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, musl say, has one heap and nothing to set.
        }
    }

    [DllImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetOption(int parameter, int value);
}
