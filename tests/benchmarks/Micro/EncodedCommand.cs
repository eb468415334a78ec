using System.Globalization;
using System.Text;
using Marekvs.Abstractions.Commands;

namespace Marekvs.Benchmarks.Micro;

/// <summary>A command as the reader leaves it, and as a client sends it.</summary>
internal sealed class EncodedCommand
{
    private readonly byte[] _bytes;
    private readonly ArgumentRange[] _ranges;

    public EncodedCommand(params string[] arguments)
    {
        var wire = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{arguments.Length}\r\n");
        _ranges = new ArgumentRange[arguments.Length];
        int offset = 0;
        for (int i = 0; i < arguments.Length; i++)
        {
            wire.Append(CultureInfo.InvariantCulture, $"${arguments[i].Length}\r\n{arguments[i]}\r\n");
            _ranges[i] = new ArgumentRange(offset, arguments[i].Length);
            offset += arguments[i].Length;
        }

        _bytes = Encoding.Latin1.GetBytes(string.Concat(arguments));
        Wire = Encoding.Latin1.GetBytes(wire.ToString());
    }

    public CommandArgs Args => new(_bytes, _ranges);

    public byte[] Wire { get; }
}
