using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Streams;

/// <summary>Answers of stream commands.</summary>
internal static class StreamReading
{
    /// <summary>An entry as XRANGE answers it.</summary>
    internal static string Entry(string id, params string[] parts) => Resp.Array(Resp.Bulk(id), Resp.Bulks(parts));

    /// <summary>One stream as XREAD answers it.</summary>
    internal static string Stream(string key, params string[] entries) =>
        Resp.Array(Resp.Bulk(key), Resp.Array(entries));
}
