using System.Collections.Concurrent;
using System.Text;

namespace Marekvs.Host.Commands;

/// <summary>Counts error answers by their code, the first word.</summary>
internal sealed class ErrorStatistics
{
    // As in Redis: what clients can make a server say must not fill its memory.
    private const int CodesMax = 128;
    private const int CodeLengthMax = 64;

    private readonly ConcurrentDictionary<string, Tally> _codes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Tally>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private long _total;

    public ErrorStatistics() => _lookup = _codes.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Error answers since the start or the last reset.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>Codes with their counts, by code.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Snapshot() =>
        [.. _codes.Select(code => KeyValuePair.Create(code.Key, code.Value.Count))
            .OrderBy(code => code.Key, StringComparer.Ordinal)];

    /// <summary>Counts an error answer.</summary>
    /// <param name="line">Code and message, with or without the minus sign and line end.</param>
    public void Count(ReadOnlySpan<byte> line)
    {
        Interlocked.Increment(ref _total);
        line = line.Length > 0 && line[0] == (byte)'-' ? line[1..] : line;
        int end = line.IndexOfAny((byte)' ', (byte)'\r');
        ReadOnlySpan<byte> code = end < 0 ? line : line[..end];
        Span<char> text = stackalloc char[CodeLengthMax];
        if (code.Length > CodeLengthMax)
        {
            code = code[..CodeLengthMax];
        }

        ReadOnlySpan<char> name = text[..Encoding.Latin1.GetChars(code, text)];
        if (!_lookup.TryGetValue(name, out Tally? tally))
        {
            if (_codes.Count >= CodesMax)
            {
                return;
            }

            tally = _codes.GetOrAdd(name.ToString(), static _ => new Tally());
        }

        tally.Add();
    }

    /// <summary>Forgets everything (CONFIG RESETSTAT).</summary>
    public void Reset()
    {
        Interlocked.Exchange(ref _total, 0);
        _codes.Clear();
    }

    private sealed class Tally
    {
        private long _count;

        public long Count => Interlocked.Read(ref _count);

        public void Add() => Interlocked.Increment(ref _count);
    }
}
