using System.Globalization;

namespace Marekvs.Modules.Tests;

/// <summary>Takes replies apart whose order is not fixed.</summary>
internal static class RespReading
{
    /// <summary>A byte string.</summary>
    internal static string String(string reply)
    {
        int at = 0;
        return ReadBulk(reply, ref at);
    }

    /// <summary>The byte strings of an array.</summary>
    internal static List<string> Strings(string reply)
    {
        int at = 0;
        return ReadArray(reply, ref at);
    }

    /// <summary>The byte strings anywhere in a reply, in their order.</summary>
    internal static List<string> Leaves(string reply)
    {
        var strings = new List<string>();
        for (int at = 0; at < reply.Length;)
        {
            if (reply[at] == '$')
            {
                strings.Add(ReadBulk(reply, ref at));
            }
            else
            {
                ReadNumber(reply, ref at, reply[at]);
            }
        }

        return strings;
    }

    /// <summary>Cursor and names that SCAN answers.</summary>
    internal static (string Cursor, List<string> Names) Page(string reply)
    {
        int at = 0;
        Assert.AreEqual(2, ReadNumber(reply, ref at, '*'));
        return (ReadBulk(reply, ref at), ReadArray(reply, ref at));
    }

    private static List<string> ReadArray(string reply, ref int at)
    {
        int count = ReadNumber(reply, ref at, reply[at] == '~' ? '~' : '*');
        var strings = new List<string>(count);
        for (int i = 0; i < count; i++)
        {
            strings.Add(ReadBulk(reply, ref at));
        }

        return strings;
    }

    private static string ReadBulk(string reply, ref int at)
    {
        int length = ReadNumber(reply, ref at, '$');
        string text = reply.Substring(at, length);
        at += length + 2;
        return text;
    }

    private static int ReadNumber(string reply, ref int at, char prefix)
    {
        Assert.AreEqual(prefix, reply[at], reply);
        int end = reply.IndexOf('\r', at);
        int number = int.Parse(reply.AsSpan(at + 1, end - at - 1), CultureInfo.InvariantCulture);
        at = end + 2;
        return number;
    }
}
