namespace Marekvs.Host.Resp;

/// <summary>The answers to bytes that are no commands; Redis's own words.</summary>
internal static class ProtocolErrors
{
    public static ReadOnlySpan<byte> MultibulkLength => "ERR Protocol error: invalid multibulk length"u8;

    public static ReadOnlySpan<byte> MultibulkLengthUnauthenticated =>
        "ERR Protocol error: unauthenticated multibulk length"u8;

    public static ReadOnlySpan<byte> MultibulkLine => "ERR Protocol error: too big mbulk count string"u8;

    public static ReadOnlySpan<byte> BulkLength => "ERR Protocol error: invalid bulk length"u8;

    public static ReadOnlySpan<byte> BulkLengthUnauthenticated =>
        "ERR Protocol error: unauthenticated bulk length"u8;

    public static ReadOnlySpan<byte> BulkLine => "ERR Protocol error: too big bulk count string"u8;

    public static ReadOnlySpan<byte> InlineLine => "ERR Protocol error: too big inline request"u8;

    public static ReadOnlySpan<byte> Quotes => "ERR Protocol error: unbalanced quotes in request"u8;

    /// <summary>An argument that does not begin as one.</summary>
    /// <param name="found">The byte where a dollar sign belongs.</param>
    public static byte[] NotBulk(byte found) => [.. "ERR Protocol error: expected '$', got '"u8, found, (byte)'\''];
}
