using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Reflection;

namespace Marekvs.Compat.Suite;

/// <summary>Redis's test suite, which is fetched when it is first needed and never a part of this repository.</summary>
internal static class SuiteSource
{
    private const string Root = "redis-7.0.15/";

    /// <summary>Puts the suite's files into a directory, so that each run has its own.</summary>
    /// <exception cref="InvalidOperationException">They cannot be had.</exception>
    public static void Unpack(string directory)
    {
        using var archive = new GZipStream(File.OpenRead(Fetch()), CompressionMode.Decompress);
        using var tar = new TarReader(archive);
        while (tar.GetNextEntry() is TarEntry entry)
        {
            if (entry.EntryType == TarEntryType.RegularFile && entry.Name.StartsWith($"{Root}tests/", StringComparison.Ordinal))
            {
                string path = Path.Combine(directory, entry.Name[Root.Length..]);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                entry.ExtractToFile(path, overwrite: false);
            }
        }

        Directory.CreateDirectory(Path.Combine(directory, "tests", "tmp"));
    }

    private static string Fetch()
    {
        string cache = typeof(SuiteSource).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "SuiteCache").Value!;
        string script = Path.Combine(AppContext.BaseDirectory, "fetch-suite.sh");
        using Process process = Process.Start(new ProcessStartInfo("bash", [script, cache])
        {
            RedirectStandardError = true,
        })!;
        string complaint = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? Path.Combine(cache, "redis_7.0.15.orig.tar.gz")
            : throw new InvalidOperationException($"Redis's test suite could not be fetched.\n{complaint}");
    }
}
