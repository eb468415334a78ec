using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Marekvs.Storage.Memory;

/// <summary>Makes a rename survive a power loss: the name lives in the directory, which has to be synced itself.
/// </summary>
internal static class DirectorySync
{
    private const int ReadOnly = 0;

    public static void Sync(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            // The journal of NTFS covers names.
            return;
        }

        int handle = OpenDirectory(directory, ReadOnly);
        if (handle < 0)
        {
            throw Failed(directory);
        }

        try
        {
            if (SyncHandle(handle) != 0)
            {
                throw Failed(directory);
            }
        }
        finally
        {
            _ = CloseHandle(handle);
        }
    }

    private static IOException Failed(string directory)
    {
        var cause = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"{directory} cannot be synced: {cause.Message}", cause);
    }

#pragma warning disable SYSLIB1054 // Generated marshalling needs unsafe code, which these three calls do not deserve.
    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OpenDirectory([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SyncHandle(int handle);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int CloseHandle(int handle);
#pragma warning restore SYSLIB1054
}
