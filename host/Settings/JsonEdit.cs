using System.Text;
using System.Text.Json;

namespace Marekvs.Host.Settings;

/// <summary>
/// Puts one value into the text of a JSON file and leaves every other byte as it is: people write the file, with
/// comments, and in their own order.
/// </summary>
internal static class JsonEdit
{
    /// <summary>Sets a value.</summary>
    /// <param name="text">The file, an object.</param>
    /// <param name="name">Where the value stands, such as <c>listen.resp</c>.</param>
    /// <param name="value">The value as JSON.</param>
    /// <returns>The file with it.</returns>
    /// <exception cref="JsonException">The file is not JSON.</exception>
    public static byte[] Set(byte[] text, string name, string value)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
        });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("it must be an object { ... }");
        }

        return SetWithin(text, ref reader, name, value);
    }

    /// <summary>Sets a value in the object at whose beginning the reader stands.</summary>
    private static byte[] SetWithin(byte[] text, ref Utf8JsonReader reader, string name, string value)
    {
        int open = (int)reader.BytesConsumed;
        int first = -1;
        int last = -1;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            first = first < 0 ? (int)reader.TokenStartIndex : first;
            string property = reader.GetString()!;
            reader.Read();
            int start = (int)reader.TokenStartIndex;
            if (reader.TokenType == JsonTokenType.StartObject &&
                name.StartsWith(property + ".", StringComparison.Ordinal))
            {
                return SetWithin(text, ref reader, name[(property.Length + 1)..], value);
            }

            reader.Skip();
            last = (int)reader.BytesConsumed;
            if (property == name)
            {
                return [.. text[..start], .. Encoding.UTF8.GetBytes(value), .. text[last..]];
            }
        }

        string fresh = Property(name, value);
        return last < 0
            ? [.. text[..open], .. Encoding.UTF8.GetBytes($" {fresh} "), .. text[(int)reader.TokenStartIndex..]]
            : Append(text, open, first, last, (int)reader.TokenStartIndex, fresh);
    }

    /// <summary>Adds a property behind the last one of an object, on a line of its own if the first has one.</summary>
    private static byte[] Append(byte[] text, int open, int first, int last, int close, string property)
    {
        int line = Array.LastIndexOf(text, (byte)'\n', first - 1);
        string lead = line < open ? " " : Encoding.UTF8.GetString(text[line..first]);
        int end = close;
        while (text[end - 1] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            end--;
        }

        string comma = HasComma(text.AsSpan(last..close)) ? "" : ",";
        return
        [
            .. text[..last], .. Encoding.UTF8.GetBytes(comma), .. text[last..end],
            .. Encoding.UTF8.GetBytes(lead + property), .. text[end..],
        ];
    }

    /// <summary>Whether a comma stands between the last value and the end of its object, in no comment.</summary>
    private static bool HasComma(ReadOnlySpan<byte> between)
    {
        while (!between.IsEmpty)
        {
            if (between[0] == (byte)',')
            {
                return true;
            }

            int skip = 1;
            if (between.StartsWith("//"u8))
            {
                skip = between.IndexOf((byte)'\n');
            }
            else if (between.StartsWith("/*"u8))
            {
                skip = between[2..].IndexOf("*/"u8) + 4;
            }

            between = skip < 0 ? default : between[skip..];
        }

        return false;
    }

    private static string Property(string name, string value)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? $"\"{name}\": {value}" : $"\"{name[..dot]}\": {{ {Property(name[(dot + 1)..], value)} }}";
    }
}
