using System.Diagnostics;
using Marekvs.Testing;

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

    /// <summary>Takes all the free space.</summary>
    /// <returns>The file whose deletion gives it back.</returns>
    public string Fill()
    {
        string path = File("ballast");
        using var ballast = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[64 * 1024];
        try
        {
            while (true)
            {
                ballast.Write(block);
            }
        }
        catch (IOException)
        {
            return path;
        }
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
