using Marekvs.Testing.Processes;

namespace Marekvs.EndToEnd.Faults;

/// <summary>What every refused start owes the person who reads it.</summary>
internal static class StartFailure
{
    private const int KilledBySignal = 128;

    /// <summary>Starts a node that must refuse, in words and not with a crash.</summary>
    /// <param name="settings">The node.</param>
    /// <param name="mentions">Texts that the message must hold.</param>
    public static async Task<NodeExit> ExpectAsync(NodeSettings settings, params string[] mentions)
    {
        NodeExit exit = await NodeProcess.RunToExitAsync(settings);
        Assert.AreNotEqual(0, exit.ExitCode, exit.Output);
        Assert.IsLessThan(KilledBySignal, exit.ExitCode, $"the start crashed:\n{exit.Output}");
        Assert.DoesNotContain("Unhandled exception", exit.Output);
        foreach (string mention in mentions)
        {
            Assert.Contains(mention, exit.Output, StringComparison.OrdinalIgnoreCase);
        }

        return exit;
    }
}
