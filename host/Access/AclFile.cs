namespace Marekvs.Host.Access;

/// <summary>Writes the file of users.</summary>
internal static class AclFile
{
    /// <summary>Puts users into a file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="users">The users.</param>
    /// <exception cref="IOException">It cannot be written; it is as it was.</exception>
    public static void Write(string path, IEnumerable<AclUser> users)
    {
        string fresh = path + ".new";
        using (FileStream file = new(fresh, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            if (!OperatingSystem.IsWindows())
            {
                // Digests of weak passwords can be guessed by whoever reads them.
                File.SetUnixFileMode(file.SafeFileHandle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            foreach (AclUser user in users)
            {
                file.Write([.. user.ToLine(), (byte)'\n']);
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
    }
}
