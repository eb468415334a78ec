using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Lists;

/// <summary>What tests of list commands share.</summary>
public abstract class ListCommandTests : CommandTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>How many calls wait for keys.</summary>
    protected long Waiting => Keyspace.Keyspace.Statistics.WaitingCalls;

    /// <summary>Checks what a list holds.</summary>
    protected void ExpectList(string key, params string[] values) =>
        Expect(Resp.Bulks(values), $"LRANGE {key} 0 -1");

    /// <summary>Starts a command line on a connection of its own.</summary>
    protected Task<string> Start(string line) => Keyspace.Connect().Start(line);

    /// <summary>Checks the exact reply of a command that was started.</summary>
    protected static async Task ExpectAsync(string reply, Task<string> started)
    {
        ArgumentNullException.ThrowIfNull(started);
        Assert.AreEqual(reply, await started.WaitAsync(Patience));
    }
}
