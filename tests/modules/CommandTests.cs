using Marekvs.Testing;

namespace Marekvs.Modules.Tests;

/// <summary>What a test class of a command works with: a keyspace of its own for each test.</summary>
public abstract class CommandTests : IAsyncDisposable
{
    /// <summary>The keyspace.</summary>
    protected KeyspaceRunner Keyspace { get; } = ModuleSet.Open();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Keyspace.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs a command line as RESP2.</summary>
    protected string Run(string line) => Keyspace.Run(line);

    /// <summary>Runs command lines whose replies are of no interest, but must be no errors.</summary>
    protected void Given(params ReadOnlySpan<string> lines)
    {
        foreach (string line in lines)
        {
            string reply = Run(line);
            Assert.IsFalse(reply.StartsWith('-'), $"{line} answered {reply}");
        }

        Keyspace.TakeEvents();
    }

    /// <summary>Checks the exact reply of a command line.</summary>
    protected void Expect(string reply, string line) => Assert.AreEqual(reply, Run(line), line);

    /// <summary>Checks the notifications raised since <see cref="Given"/> or the last check.</summary>
    protected void ExpectEvents(params string[] events) =>
        CollectionAssert.AreEqual(events, Keyspace.TakeEvents().ToArray());
}
