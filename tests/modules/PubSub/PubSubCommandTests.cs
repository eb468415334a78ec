using Marekvs.Testing;

namespace Marekvs.Modules.Tests.PubSub;

/// <summary>What a test class of a pub/sub command works with: a listener, and another client that publishes.</summary>
public abstract class PubSubCommandTests : CommandTests
{
    protected PubSubCommandTests() => Listener = Keyspace.Connect();

    /// <summary>Another client than that of <see cref="CommandTests.Run"/>.</summary>
    protected KeyspaceConnection Listener { get; }

    /// <summary>A confirmation or message in RESP2.</summary>
    protected static string Message(params ReadOnlySpan<string> parts) => Resp.Bulks(parts);

    /// <summary>A confirmation in RESP2.</summary>
    protected static string Confirmation(string word, string? name, int count) =>
        Resp.Array(Resp.Bulk(word), name is null ? Resp.Nil : Resp.Bulk(name), Resp.Integer(count));

    /// <summary>The same in RESP3.</summary>
    protected static string Pushed(string resp2) => string.Concat(">", resp2.AsSpan(1));
}
