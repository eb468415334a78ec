using Marekvs.Abstractions.Messaging;
using Marekvs.Abstractions.Modules;
using Marekvs.Modules.Hashes;
using Marekvs.Modules.HyperLogLogs;
using Marekvs.Modules.Keys;
using Marekvs.Modules.Lists;
using Marekvs.Modules.PubSub;
using Marekvs.Modules.Sets;
using Marekvs.Modules.Streams;
using Marekvs.Modules.Strings;
using Marekvs.Modules.Zsets;
using Marekvs.Testing;

namespace Marekvs.Modules.Tests;

/// <summary>The modules under test, each known here once.</summary>
internal static class ModuleSet
{
    /// <summary>Fresh instances of all modules.</summary>
    internal static IModule[] Create() =>
    [
        new KeysModule(),
        new StringsModule(),
        new HashesModule(),
        new HyperLogLogModule(),
        new SetsModule(),
        new ListsModule(),
        new ZsetsModule(),
        new StreamsModule(),
        new PubSubModule(new MessageHub()),
    ];

    /// <summary>A keyspace with all modules, and bags where a test needs a type of no module.</summary>
    /// <param name="start">Where the clock begins, if that matters.</param>
    internal static KeyspaceRunner Open(DateTimeOffset? start = null) =>
        new(new RunnerSettings(Start: start), new SortedStore(), [.. Create(), new BagModule()]);
}
