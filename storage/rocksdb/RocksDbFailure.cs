using Marekvs.Abstractions.Storage;

namespace Marekvs.Storage.RocksDb;

/// <summary>Turns the library's status texts into words that say what to do.</summary>
internal static class RocksDbFailure
{
    public static StorageException At(string action, string path, Exception cause)
    {
        string text = cause.Message.TrimEnd();
        return new StorageException($"rocksdb in {path} {action}: {text}. {Advice(text)}", cause);
    }

    private static string Advice(string text)
    {
        if (Has(text, "lock hold by current process") || Has(text, "/LOCK:"))
        {
            return "Another process or store holds the directory; stop the other node or give this one its own data " +
                "directory.";
        }

        if (Has(text, "No space left"))
        {
            return "Make room on the disk; writing goes on by itself.";
        }

        if (Has(text, "Permission denied") || Has(text, "Read-only file system"))
        {
            return "Give the user of this process write access to the directory.";
        }

        if (Has(text, "Corruption") || Has(text, "No such file") || Has(text, "checksum"))
        {
            return "Files are damaged or missing; restore the directory from a backup or from another node.";
        }

        return "Check the disk and the directory's permissions.";
    }

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
