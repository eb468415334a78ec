using System.Runtime.InteropServices;

namespace Marekvs.EndToEnd.Processes;

/// <summary>Sends signals, which the base library cannot but for SIGKILL.</summary>
internal static class Signal
{
    public const int Terminate = 15;

    public static void Send(int processId, int signal)
    {
        int result = kill(processId, signal);
        Assert.AreEqual(0, result, $"signal {signal} to process {processId}");
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int processId, int signal);
}
