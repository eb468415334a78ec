using System.Globalization;

namespace Marekvs.Host.Startup;

/// <summary>
/// Tunes the runtime's socket engine, which reads these variables when the first socket is made. Commands run on the
/// thread that received them: handing each burst to another thread cost a third of the throughput.
/// </summary>
internal static class SocketEngine
{
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
    private const string ThreadCount = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    /// <summary>Sets what the environment does not say itself.</summary>
    /// <param name="environment">The environment the process was started with.</param>
    /// <param name="threads">Threads that wait for sockets.</param>
    public static void Tune(IReadOnlyDictionary<string, string> environment, int threads)
    {
        if (!environment.ContainsKey(InlineCompletions))
        {
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
        }

        if (!environment.ContainsKey(ThreadCount))
        {
            Environment.SetEnvironmentVariable(ThreadCount, threads.ToString(CultureInfo.InvariantCulture));
        }
    }
}
