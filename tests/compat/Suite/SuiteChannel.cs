using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Marekvs.Compat.Suite;

/// <summary>What the suite says: a status, and what it is about.</summary>
internal readonly record struct SuiteMessage(string Status, string Data);

/// <summary>
/// The connection between the suite's process and whoever hands out units and gathers results. A packet is a line with
/// the number of bytes that follow; they are a Tcl list.
/// </summary>
internal sealed class SuiteChannel(NetworkStream stream) : IDisposable
{
    private readonly BufferedStream _incoming = new(stream);

    /// <summary>Waits for a packet.</summary>
    /// <returns>Null when the suite hung up.</returns>
    public async Task<SuiteMessage?> ReadAsync(CancellationToken stop)
    {
        try
        {
            if (await ReadLengthAsync(stop) is not int length)
            {
                return null;
            }

            var payload = new byte[length];
            await _incoming.ReadExactlyAsync(payload, stop);
            List<string> words = TclList.Split(Encoding.Latin1.GetString(payload));
            return new SuiteMessage(words[0], words[1]);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Asks for something: <c>run</c> a unit, <c>run_code</c> of ours.</summary>
    public Task SendAsync(string request, string data) => WriteAsync($"{request} {{{data}}}");

    /// <summary>Answers what the suite asked.</summary>
    public Task AnswerAsync(params string[] words) => WriteAsync(string.Join(' ', words));

    public void Dispose()
    {
        _incoming.Dispose();
        stream.Dispose();
    }

    private async Task WriteAsync(string payload) => await stream.WriteAsync(Encoding.Latin1.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{payload.Length}\n{payload}")));

    private async Task<int?> ReadLengthAsync(CancellationToken stop)
    {
        var digits = new StringBuilder();
        var next = new byte[1];
        while (await _incoming.ReadAsync(next, stop) == 1)
        {
            if (next[0] == '\n')
            {
                return int.Parse(digits.ToString(), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
            }

            digits.Append((char)next[0]);
        }

        return null;
    }
}
