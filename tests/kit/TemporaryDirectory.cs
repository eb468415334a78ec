namespace Marekvs.Testing;

/// <summary>A directory of one test, deleted with all that is in it.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    private const string FilesInMemory = "/dev/shm";

    /// <summary>Creates the directory.</summary>
    public TemporaryDirectory() => Path = Directory.CreateTempSubdirectory("marekvs-").FullName;

    private TemporaryDirectory(string path) => Path = Directory.CreateDirectory(path).FullName;

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Creates a directory whose files are in memory, where the system has such a place.</summary>
    public static TemporaryDirectory InMemory() => Directory.Exists(FilesInMemory)
        ? new TemporaryDirectory(System.IO.Path.Combine(FilesInMemory, "marekvs-" + System.IO.Path.GetRandomFileName()))
        : new TemporaryDirectory();

    /// <summary>A path inside, of something that need not exist.</summary>
    /// <param name="name">Its name.</param>
    public string Combine(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Copies all files as they are now, as a crash would leave them, into a new directory.</summary>
    /// <returns>The copy; the caller disposes it.</returns>
    public TemporaryDirectory Copy()
    {
        // Copying takes time, in which background work may replace files: a copy counts when nothing came, went or
        // grew meanwhile.
        for (int attempt = 0; attempt < 100; attempt++)
        {
            var copy = new TemporaryDirectory();
            try
            {
                string before = Listing();
                CopyFiles(copy);
                if (Listing() == before)
                {
                    return copy;
                }
            }
            catch (FileNotFoundException)
            {
                // Gone while being copied.
            }

            copy.Dispose();
        }

        throw new IOException($"{Path} did not hold still for a copy");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    private IEnumerable<FileInfo> Files() =>
        new DirectoryInfo(Path).EnumerateFiles("*", SearchOption.AllDirectories);

    private string Listing() => string.Join('\n', Files().Select(file => $"{file.FullName} {file.Length}").Order());

    private void CopyFiles(TemporaryDirectory copy)
    {
        foreach (FileInfo file in Files())
        {
            string target = copy.Combine(System.IO.Path.GetRelativePath(Path, file.FullName));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            if (file.Length == 0)
            {
                // Nothing to copy, and such files are often locks that cannot be opened.
                File.Create(target).Dispose();
                continue;
            }

            using var from = new FileStream(
                file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using FileStream to = File.Create(target);
            from.CopyTo(to);
        }
    }
}
