using System.ComponentModel;
using System.Diagnostics;
using Marekvs.Testing;

namespace Marekvs.EndToEnd.Clients;

/// <summary>The programs in <c>node</c> with the libraries their lock file names, in a directory of their own.</summary>
internal sealed class NodeScripts : IDisposable
{
    private static readonly TimeSpan InstallWithin = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ScriptWithin = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _directory = new();

    private NodeScripts()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "node")))
        {
            File.Copy(file, _directory.Combine(Path.GetFileName(file)));
        }
    }

    public static async Task<NodeScripts> InstallAsync()
    {
        var scripts = new NodeScripts();
        (int exitCode, string log) =
            await scripts.RunAsync(InstallWithin, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
        if (exitCode != 0)
        {
            scripts.Dispose();
            Assert.Inconclusive($"npm could not install the clients: {log}");
        }

        return scripts;
    }

    /// <summary>Runs a program, which ends with 0 when all is well.</summary>
    public async Task AssertAsync(string script, params string[] arguments)
    {
        (int exitCode, string log) = await RunAsync(ScriptWithin, "node", [script, .. arguments]);
        Assert.AreEqual(0, exitCode, log);
    }

    public void Dispose() => _directory.Dispose();

    private async Task<(int ExitCode, string Output)> RunAsync(
        TimeSpan within, string command, params string[] arguments)
    {
        Process? process = null;
        try
        {
            process = Process.Start(new ProcessStartInfo(command, arguments)
            {
                WorkingDirectory = _directory.Path,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(within);
            return (process.ExitCode, await output + await errors);
        }
        catch (Exception failed) when (failed is Win32Exception or TimeoutException)
        {
            return (-1, $"{command}: {failed.Message}");
        }
        finally
        {
            if (process is { HasExited: false })
            {
                process.Kill(entireProcessTree: true);
            }

            process?.Dispose();
        }
    }
}
