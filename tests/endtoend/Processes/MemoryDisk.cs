using System.Diagnostics;

namespace Marekvs.EndToEnd.Processes;

/// <summary>
/// A small file system in memory: the way to a full or a read-only disk that works for root too. Mounting needs
/// privileges; without them the test is inconclusive.
/// </summary>
internal sealed class MemoryDisk : IDisposable
{
    private readonly TemporaryDirectory _mountPoint = new();

    public MemoryDisk(int megabytes)
    {
        (int exitCode, string output) = Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", Path);
        if (exitCode != 0)
        {
            _mountPoint.Dispose();
            Assert.Inconclusive($"Mounting a tmpfs needs privileges: {output}");
        }
    }

    public string Path => _mountPoint.Path;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void MakeReadOnly()
    {
        (int exitCode, string output) = Run("mount", "-o", "remount,ro", Path);
        Assert.AreEqual(0, exitCode, output);
    }

    /// <summary>Takes the free space but for some bytes, with a file whose deletion gives it back.</summary>
    public string FillAllBut(long bytesLeft)
    {
        string path = File("ballast");
        using FileStream ballast = System.IO.File.Create(path);
        var block = new byte[64 * 1024];
        while (new DriveInfo(Path).AvailableFreeSpace > bytesLeft)
        {
            ballast.Write(block);
            ballast.Flush();
        }

        return path;
    }

    public void Dispose()
    {
        // Lazy: a process that a failed test left behind must not keep the mount in place.
        _ = Run("umount", "-l", Path);
        _mountPoint.Dispose();
    }

    private static (int ExitCode, string Output) Run(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            })!;
            string output = process.StandardError.ReadToEnd() + process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output.Trim());
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (-1, missing.Message);
        }
    }
}
