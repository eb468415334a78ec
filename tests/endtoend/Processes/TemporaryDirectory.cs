namespace Marekvs.EndToEnd.Processes;

/// <summary>A directory that goes away with the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("marekvs-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public static implicit operator string(TemporaryDirectory directory) => directory.Path;

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
