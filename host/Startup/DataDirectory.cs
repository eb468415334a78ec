using System.Globalization;

namespace Marekvs.Host.Startup;

/// <summary>The node cannot start for a reason outside its configuration; the message says what to do.</summary>
internal sealed class StartException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The directory of journal and store, held for this process alone by a locked file. The system drops the lock when
/// the process ends, however it ends, so a file left behind means nothing.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    private const string LockName = "lock";

    // Beside the locked file, which others cannot read.
    private const string OwnerName = "process";

    // What the runtime reports for a file that somebody else locked, on Unix and on Windows.
    private const int TryAgain = 11;
    private const int SharingViolation = unchecked((int)0x80070020);

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream held) => (Path, _lock) = (path, held);

    public string Path { get; }

    public string Journal => System.IO.Path.Combine(Path, "journal");

    /// <summary>Creates the directory when needed and locks it.</summary>
    /// <param name="path">A full path.</param>
    /// <exception cref="StartException">Another process holds it, or it cannot be written.</exception>
    public static DataDirectory Hold(string path)
    {
        string file = System.IO.Path.Combine(path, LockName);
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"the data directory {path} cannot be created: {e.Message}", e);
        }

        FileStream held;
        try
        {
            held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartException($"the data directory {path} cannot be written: {e.Message}", e);
        }
        catch (IOException e) when (e.HResult is not (TryAgain or SharingViolation))
        {
            throw new StartException($"the data directory {path} cannot be written: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new StartException(
                $"the data directory {path} is in use by process {ReadOwner(path)}; stop it, or give this one a " +
                "directory of its own (MAREKVS_DATA_DIR)",
                e);
        }

        try
        {
            File.WriteAllText(
                System.IO.Path.Combine(path, OwnerName), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new DataDirectory(path, held);
        }
        catch (IOException e)
        {
            held.Dispose();
            throw new StartException($"the data directory {path} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>The directory of a store; each provider has its own.</summary>
    public string StoreOf(string provider)
    {
        string path = System.IO.Path.Combine(Path, "store-" + provider);
        Directory.CreateDirectory(path);
        return path;
    }

    /// <summary>The directory of a cluster provider; each has its own.</summary>
    public string ClusterOf(string provider)
    {
        string path = System.IO.Path.Combine(Path, "cluster-" + provider);
        Directory.CreateDirectory(path);
        return path;
    }

    public void Dispose() => _lock.Dispose();

    private static string ReadOwner(string path)
    {
        try
        {
            string process = File.ReadAllText(System.IO.Path.Combine(path, OwnerName));
            return process.Length > 0 && process.All(char.IsAsciiDigit) ? process : "(unknown)";
        }
        catch (IOException)
        {
            return "(unknown)";
        }
    }
}
