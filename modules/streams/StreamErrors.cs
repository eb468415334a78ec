using Marekvs.Abstractions.Commands;

namespace Marekvs.Modules.Streams;

/// <summary>The error texts that several stream commands share; Redis's own words.</summary>
internal static class StreamErrors
{
    internal static Reply InvalidId => Reply.Error("ERR Invalid stream ID specified as stream command argument"u8);

    internal static Reply InvalidStart => Reply.Error("ERR invalid start ID for the interval"u8);

    internal static Reply InvalidEnd => Reply.Error("ERR invalid end ID for the interval"u8);

    /// <summary>Commands that read through a group.</summary>
    internal static Reply NoKeyOrGroup(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> group, ReadOnlySpan<byte> where = default) =>
        Reply.Error((byte[])[.. "NOGROUP No such key '"u8, .. key, .. "' or consumer group '"u8, .. group, .. "'"u8, .. where]);

    /// <summary>Commands that look after a group.</summary>
    internal static Reply NoGroup(ReadOnlySpan<byte> key, ReadOnlySpan<byte> group) =>
        Reply.Error(
            (byte[])[.. "NOGROUP No such consumer group '"u8, .. group, .. "' for key name '"u8, .. key, .. "'"u8]);
}
