namespace Marekvs.Abstractions;

/// <summary>
/// Every bound of the node that is not a setting, in one place. Reaching one is a defined answer: refuse, drop and
/// count, or slow the sender.
/// </summary>
public static class Limits
{
    /// <summary>Partitions of the key space; fixed for the life of a cluster.</summary>
    public const int Partitions = 4096;

    /// <summary>Hash slots that clients see, as in Redis Cluster.</summary>
    public const int Slots = 16384;

    /// <summary>Digest buckets in each partition.</summary>
    public const int DigestBuckets = 256;

    /// <summary>The longest key or element name, in bytes; Redis's own bound for a string.</summary>
    public const int NameBytesMax = 512 * 1024 * 1024;

    /// <summary>The longest value, in bytes; Redis's own bound for a string.</summary>
    public const int ValueBytesMax = 512 * 1024 * 1024;

    /// <summary>The longest inline command and the longest length line of RESP, in bytes.</summary>
    public const int InlineBytesMax = 64 * 1024;

    /// <summary>Arguments in one command; what a connection may hold of an unfinished command bounds it sooner.
    /// </summary>
    public const int ArgumentsMax = int.MaxValue;

    /// <summary>Arguments, and bytes of one argument, accepted before a connection has authenticated.</summary>
    public const int UnauthenticatedArgumentsMax = 10;

    /// <summary>Bytes of one argument accepted before a connection has authenticated.</summary>
    public const int UnauthenticatedBulkBytesMax = 16 * 1024;

    /// <summary>A reusable buffer that grew beyond this is given back after use.</summary>
    public const int ScratchBytesKept = 256 * 1024;

    /// <summary>A batch on its way to the store is committed at about this size.</summary>
    public const int BatchBytes = 512 * 1024;

    /// <summary>Pushed bytes (MONITOR lines, messages) that may wait for one connection whose class has no bound set.
    /// </summary>
    public const int PushBytesMax = 256 * 1024 * 1024;

    /// <summary>Records in one journal entry.</summary>
    public const int RecordsPerEntryMax = 16 * 1024 * 1024;

    /// <summary>Bytes of one journal entry; a command that stages more is refused.</summary>
    public const int EntryBytesMax = 1024 * 1024 * 1024;

    /// <summary>Bytes of the commands queued between MULTI and EXEC.</summary>
    public const int QueuedBytesMax = 512 * 1024 * 1024;

    /// <summary>Calls that may wait for the disk at one time; the rest wait for their turn.</summary>
    public const int ParkedCallsMax = 100_000;

    /// <summary>Origins (lives of nodes) that peers may make known to a node. What speaks of more is refused; the entry of
    /// an origin is never forgotten, so this bounds every vector. A node number has about 7,500 lives.</summary>
    public const int OriginsMax = 16 * 1024;

    /// <summary>Origins in one vector: all that are known, and the node's own, which nobody refuses it.</summary>
    public const int VectorEntriesMax = 2 * OriginsMax;

    /// <summary>Nested arrays in a reply.</summary>
    public const int ReplyDepthMax = 64;
}
