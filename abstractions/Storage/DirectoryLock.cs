namespace Marekvs.Abstractions.Storage;

/// <summary>Keeps a second process out of a store's directory, for stores whose library does not. The system releases it
/// when the process dies.</summary>
public sealed class DirectoryLock : IDisposable
{
    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    /// <summary>Takes the directory.</summary>
    /// <param name="directory">It must exist; a file <c>LOCK</c> is made in it.</param>
    /// <exception cref="StorageException">Another process has it, or it cannot be written; the message says what to do.
    /// </exception>
    public static DirectoryLock Take(string directory)
    {
        string path = Path.Combine(directory, "LOCK");
        try
        {
            return new DirectoryLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StorageException(
                $"{path} cannot be written; give the user of this process write access to the directory", e);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new StorageException($"{directory} does not exist; create it or correct the data directory", e);
        }
        catch (IOException e)
        {
            throw new StorageException(
                $"{path} is held by another process or cannot be opened ({e.Message}); stop the other node or give " +
                "this one its own data directory",
                e);
        }
    }

    /// <summary>Lets others in.</summary>
    public void Dispose() => _file.Dispose();
}
