namespace Marekvs.Abstractions.Resp;

/// <summary>The error texts that several commands share, each once; Redis's own words, since clients match on them.
/// </summary>
public static class RespErrors
{
    /// <summary>The key holds another type.</summary>
    public static ReadOnlySpan<byte> WrongType =>
        "WRONGTYPE Operation against a key holding the wrong kind of value"u8;

    /// <summary>The arguments do not parse.</summary>
    public static ReadOnlySpan<byte> Syntax => "ERR syntax error"u8;

    /// <summary>An argument or value is not a 64-bit integer.</summary>
    public static ReadOnlySpan<byte> NotInteger => "ERR value is not an integer or out of range"u8;

    /// <summary>An argument or value is not a number.</summary>
    public static ReadOnlySpan<byte> NotFloat => "ERR value is not a valid float"u8;

    /// <summary>The key does not exist.</summary>
    public static ReadOnlySpan<byte> NoSuchKey => "ERR no such key"u8;

    /// <summary>A counter would leave the range of a 64-bit integer.</summary>
    public static ReadOnlySpan<byte> Overflow => "ERR increment or decrement would overflow"u8;

    /// <summary>An argument must be positive.</summary>
    public static ReadOnlySpan<byte> NotPositive => "ERR value is out of range, must be positive"u8;

    /// <summary>An offset is beyond what a string may be.</summary>
    public static ReadOnlySpan<byte> StringTooLong =>
        "ERR string exceeds maximum allowed size (proto-max-bulk-len)"u8;

    /// <summary>A cursor is not a number.</summary>
    public static ReadOnlySpan<byte> InvalidCursor => "ERR invalid cursor"u8;

    /// <summary>The journal cannot take more; reads go on.</summary>
    public static ReadOnlySpan<byte> DiskFull =>
        "MISCONF Marekvs cannot write to its journal (disk full or not writable). Commands that may modify the data set are refused until space returns. Look at the log for the details."u8;

    /// <summary>The store failed while data was being brought in.</summary>
    public static ReadOnlySpan<byte> StorageFailed => "IOERR the storage provider failed, see the log"u8;
}
