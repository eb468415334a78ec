using System.ComponentModel;
using System.Diagnostics;
using Marekvs.Testing.Processes;
using Marekvs.Testing;

namespace Marekvs.EndToEnd.Clients;

/// <summary>Clients of another world: those of Node.js, installed as their lock file says.</summary>
[TestClass]
public sealed class NodeJsTests
{
    private static readonly TimeSpan InstallWithin = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ScriptWithin = TimeSpan.FromSeconds(30);

    [TestMethod]
    [DataRow("ioredis.mjs")]
    [DataRow("node-redis.mjs")]
    [Timeout(150_000)]
    public async Task Script_OfAClientLibrary_Works(string script)
    {
        using var scripts = new TemporaryDirectory();
        foreach (string file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "node")))
        {
            File.Copy(file, scripts.Combine(Path.GetFileName(file)));
        }

        (int installed, string installLog) = await RunAsync(
            scripts.Path, InstallWithin, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
        if (installed != 0)
        {
            Assert.Inconclusive($"npm could not install the client: {installLog}");
        }

        using var data = new TemporaryDirectory();
        using NodeProcess node = await NodeProcess.StartAsync(new NodeSettings { DataDirectory = data.Path });
        (int exitCode, string log) = await RunAsync(
            scripts.Path, ScriptWithin, "node", script, node.Resp.Address.ToString(), $"{node.Resp.Port}");

        Assert.AreEqual(0, exitCode, log);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(
        string directory, TimeSpan within, string command, params string[] arguments)
    {
        Process? process = null;
        try
        {
            process = Process.Start(new ProcessStartInfo(command, arguments)
            {
                WorkingDirectory = directory,
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
