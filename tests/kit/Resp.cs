using System.Globalization;

namespace Marekvs.Testing;

/// <summary>Replies as they look on the wire, for comparison. Bytes are the characters U+0000 to U+00FF.</summary>
public static class Resp
{
    /// <summary>The status OK.</summary>
    public const string Ok = "+OK\r\n";

    /// <summary>Nothing, in RESP2 where a string would be.</summary>
    public const string Nil = "$-1\r\n";

    /// <summary>Nothing, in RESP2 where an array would be.</summary>
    public const string NilArray = "*-1\r\n";

    /// <summary>Nothing, in RESP3.</summary>
    public const string Null = "_\r\n";

    /// <summary>The key holds another type.</summary>
    public const string WrongType = "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";

    /// <summary>The arguments do not parse.</summary>
    public const string SyntaxError = "-ERR syntax error\r\n";

    /// <summary>An argument or value is no 64-bit integer.</summary>
    public const string NotInteger = "-ERR value is not an integer or out of range\r\n";

    /// <summary>An argument or value is no number.</summary>
    public const string NotFloat = "-ERR value is not a valid float\r\n";

    /// <summary>A status line.</summary>
    public static string Simple(string words) => $"+{words}\r\n";

    /// <summary>An error line.</summary>
    public static string Error(string message) => $"-{message}\r\n";

    /// <summary>An integer.</summary>
    public static string Integer(long value) => string.Create(CultureInfo.InvariantCulture, $":{value}\r\n");

    /// <summary>A byte string.</summary>
    public static string Bulk(string value) =>
        string.Create(CultureInfo.InvariantCulture, $"${value?.Length}\r\n{value}\r\n");

    /// <summary>An array of replies.</summary>
    public static string Array(params ReadOnlySpan<string> replies) => Aggregate('*', replies.Length, replies);

    /// <summary>An array of byte strings; null stands for nothing in RESP2.</summary>
    public static string Bulks(params ReadOnlySpan<string?> values)
    {
        var replies = new string[values.Length];
        for (int i = 0; i < replies.Length; i++)
        {
            replies[i] = values[i] is string value ? Bulk(value) : Nil;
        }

        return Array(replies);
    }

    /// <summary>A RESP3 map of replies, key and value in turn.</summary>
    public static string Map(params ReadOnlySpan<string> replies) => Aggregate('%', replies.Length / 2, replies);

    /// <summary>A RESP3 set of replies.</summary>
    public static string Set(params ReadOnlySpan<string> replies) => Aggregate('~', replies.Length, replies);

    private static string Aggregate(char prefix, int count, ReadOnlySpan<string> replies) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}{count}\r\n") + string.Concat(replies);
}
