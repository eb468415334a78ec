using System.Globalization;
using System.Text;

namespace Marekvs.Testing;

/// <summary>A client that keeps replies exactly as they came, for comparison.</summary>
/// <param name="stream">The connection; closed with this.</param>
public sealed class RedisConnection(Stream stream) : IDisposable
{
    private readonly Stream _stream = stream;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>Runs a command line.</summary>
    /// <param name="line">See <see cref="CommandLine"/>.</param>
    /// <returns>The exact reply; bytes are the characters U+0000 to U+00FF.</returns>
    public string Run(string line) => RunArguments([.. CommandLine.Split(line)]);

    /// <summary>Sends a command line without waiting for its reply.</summary>
    /// <param name="line">See <see cref="CommandLine"/>.</param>
    public void Send(string line) => Send([.. CommandLine.Split(line)]);

    /// <summary>Runs a command.</summary>
    /// <param name="args">Its name and arguments.</param>
    /// <returns>The exact reply; bytes are the characters U+0000 to U+00FF.</returns>
    public string RunArguments(params IReadOnlyList<string> args)
    {
        Send(args);
        return ReadReply();
    }

    /// <summary>Takes the next reply or push.</summary>
    public string ReadReply()
    {
        var reply = new StringBuilder();
        ReadReply(reply);
        return reply.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    /// <summary>Sends a command without waiting for its reply.</summary>
    /// <param name="args">Its name and arguments.</param>
    public void Send(IReadOnlyList<string> args)
    {
        ArgumentNullException.ThrowIfNull(args);
        _stream.Write(Encoding.Latin1.GetBytes(Resp.Array([.. args.Select(Resp.Bulk)])));
    }

    private void ReadReply(StringBuilder reply)
    {
        string line = ReadLine();
        reply.Append(line).Append("\r\n");
        long count = line[0] is '+' or '-' or ':' or '_' or ',' or '#' or '(' ? 0
            : long.Parse(line.AsSpan(1), CultureInfo.InvariantCulture);
        if (line[0] is '$' or '=' && count >= 0)
        {
            for (long i = 0; i < count + 2; i++)
            {
                reply.Append((char)ReadByte());
            }
        }
        else if (line[0] is '*' or '%' or '~' or '>')
        {
            for (long i = 0; i < count * (line[0] == '%' ? 2 : 1); i++)
            {
                ReadReply(reply);
            }
        }
    }

    private string ReadLine()
    {
        var line = new StringBuilder();
        while (ReadByte() is byte b && b != '\r')
        {
            line.Append((char)b);
        }

        ReadByte();
        return line.ToString();
    }

    private byte ReadByte()
    {
        if (_start == _end)
        {
            _start = 0;
            _end = _stream.Read(_buffer);
            if (_end == 0)
            {
                throw new EndOfStreamException("the server closed the connection");
            }
        }

        return _buffer[_start++];
    }
}
