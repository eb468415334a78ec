using System.Runtime.InteropServices;

namespace Marekvs.Testing.Processes;

/// <summary>Sends signals, which the base library cannot but for SIGKILL.</summary>
public static class Signal
{
    public const int Terminate = 15;

    public static void Send(int processId, int signal)
    {
        int result = kill(processId, signal);
        if (result != 0)
        {
            throw new InvalidOperationException($"signal {signal} to process {processId} was refused");
        }
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int processId, int signal);
}
