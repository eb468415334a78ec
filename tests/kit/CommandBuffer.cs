using System.Buffers;
using System.Globalization;
using System.Text;

namespace Marekvs.Testing;

/// <summary>Encodes commands as arrays of bulk strings, many into one buffer.</summary>
public sealed class CommandBuffer
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    /// <summary>Adds a command; texts are Latin-1, so that every byte can be written in one.</summary>
    public CommandBuffer Add(params ReadOnlySpan<string> arguments)
    {
        AddLine('*', arguments.Length);
        foreach (string argument in arguments)
        {
            AddLine('$', argument.Length);
            Encoding.Latin1.GetBytes(argument, _bytes);
            _bytes.Write("\r\n"u8);
        }

        return this;
    }

    /// <summary>Adds a command whose last argument is bytes.</summary>
    public CommandBuffer AddWithBytes(ReadOnlySpan<string> arguments, ReadOnlySpan<byte> last)
    {
        AddLine('*', arguments.Length + 1);
        foreach (string argument in arguments)
        {
            AddLine('$', argument.Length);
            Encoding.Latin1.GetBytes(argument, _bytes);
            _bytes.Write("\r\n"u8);
        }

        AddLine('$', last.Length);
        _bytes.Write(last);
        _bytes.Write("\r\n"u8);
        return this;
    }

    public void Clear() => _bytes.ResetWrittenCount();

    private void AddLine(char kind, int number)
    {
        Span<byte> line = _bytes.GetSpan(16);
        line[0] = (byte)kind;
        number.TryFormat(line[1..], out int digits, default, CultureInfo.InvariantCulture);
        "\r\n"u8.CopyTo(line[(1 + digits)..]);
        _bytes.Advance(digits + 3);
    }
}
