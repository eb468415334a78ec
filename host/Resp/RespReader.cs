using System.Buffers;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Commands;

namespace Marekvs.Host.Resp;

/// <summary>
/// Finds commands in the bytes a client sends, which come in chunks cut anywhere:
/// <code>
///   *2\r\n$4\r\nECHO\r\n$5\r\nhello\r\n     an array of byte strings
///   ECHO hello\r\n                          an inline command
/// </code>
/// A command that lies in one chunk is read where it is. One that does not is collected piece by piece in a rented
/// buffer: every byte is looked at once, and the buffer grows with what has arrived, never with what a length
/// promises.
/// </summary>
/// <remarks>Redis documentation, "Redis serialization protocol specification".</remarks>
internal sealed class RespReader
{
    // The shortest argument, "$0\r\n\r\n".
    private const int ArgumentBytesMin = 6;
    private const int RangeBytes = 8;
    private const int RentedMin = 4096;

    private readonly ArgumentRanges _ranges = new();
    private State _state;
    private byte[] _held = [];
    private int _heldLength;
    private int _lineStart;
    private bool _isHeld;
    private int _argumentsLeft;
    private int _bodyLength;
    private int _bodyLeft;
    private int _argumentsMax = Limits.ArgumentsMax;
    private int _bulkBytesMax = Limits.ValueBytesMax;
    private long _heldBytesMax = 1L << 30;
    private bool _isTrusted = true;
    private byte[] _error = [];

    private enum State
    {
        Idle,
        CountLine,
        LengthLine,
        Body,
        InlineLine,
    }

    /// <summary>What to answer after <see cref="ReadStatus.ProtocolError"/>.</summary>
    public ReadOnlySpan<byte> Error => _error;

    /// <summary>Bytes collected of a command that is not whole yet.</summary>
    public int HeldBytes => _heldLength;

    /// <summary>Bytes one command may take while it is collected, where its arguments lie included.</summary>
    public long HeldBytesMax
    {
        get => _heldBytesMax;
        set => _heldBytesMax = Math.Min(value, Array.MaxLength);
    }

    /// <summary>Sets what a client may send.</summary>
    /// <param name="bulkBytesMax">The longest argument.</param>
    /// <param name="isTrusted">Whether the client has authenticated; others get little room.</param>
    public void SetLimits(long bulkBytesMax, bool isTrusted)
    {
        _isTrusted = isTrusted;
        _argumentsMax = isTrusted ? Limits.ArgumentsMax : Limits.UnauthenticatedArgumentsMax;
        long bytes = isTrusted ? bulkBytesMax : Math.Min(bulkBytesMax, Limits.UnauthenticatedBulkBytesMax);
        _bulkBytesMax = (int)Math.Min(bytes, Array.MaxLength / 2);
    }

    /// <summary>Reads on.</summary>
    /// <param name="chunk">Bytes as they came.</param>
    /// <param name="position">Where to read on in the chunk; moved past what was taken.</param>
    /// <returns>After anything but <see cref="ReadStatus.Command"/> the rest of the chunk is of no use.</returns>
    public ReadStatus Read(ReadOnlySpan<byte> chunk, ref int position)
    {
        if (_isHeld)
        {
            Release();
        }

        while (position < chunk.Length)
        {
            ReadStatus? status = _state switch
            {
                State.Idle => ReadWhole(chunk, ref position) ? ReadStatus.Command : Begin(chunk[position]),
                State.CountLine => ReadCountLine(chunk, ref position),
                State.LengthLine => ReadLengthLine(chunk, ref position),
                State.Body => ReadBody(chunk, ref position),
                _ => ReadInline(chunk, ref position),
            };
            if (status is ReadStatus found)
            {
                return found;
            }
        }

        return ReadStatus.NeedMore;
    }

    /// <summary>The command found last.</summary>
    /// <param name="chunk">The chunk it was found in, unless it is kept.</param>
    public CommandArgs Args(ReadOnlySpan<byte> chunk) => new(_isHeld ? _held : chunk, _ranges.Items);

    /// <summary>Makes the command found last independent of its chunk, until the next read.</summary>
    /// <param name="chunk">The chunk it was found in.</param>
    public void Keep(ReadOnlySpan<byte> chunk)
    {
        if (_isHeld)
        {
            return;
        }

        foreach (ref ArgumentRange range in _ranges.Items)
        {
            int offset = _heldLength;
            Hold(chunk.Slice(range.Offset, range.Length));
            range = new ArgumentRange(offset, range.Length);
        }

        _isHeld = true;
    }

    /// <summary>Gives back the buffer of a command that was collected, when it has been run.</summary>
    public void Release()
    {
        if (_state == State.Idle)
        {
            GiveBack();
            _ranges.Clear();
        }
    }

    /// <summary>Gives back the buffer whatever it holds; the connection ends.</summary>
    public void Close()
    {
        _state = State.Idle;
        Release();
    }

    /// <summary>
    /// The fast path: the whole command is in the chunk and has nothing odd about it. Whatever makes this give up is
    /// judged by the careful path, which starts over at the same byte.
    /// </summary>
    private bool ReadWhole(ReadOnlySpan<byte> chunk, ref int position)
    {
        int at = position;
        if (chunk[at] != (byte)'*')
        {
            return false;
        }

        at++;
        if (!TryReadNumber(chunk, ref at, out int count) || count == 0 || count > _argumentsMax ||
            (count > _ranges.Capacity && (long)count * ArgumentBytesMin > chunk.Length - at))
        {
            return false;
        }

        Span<ArgumentRange> ranges = _ranges.SetCount(count);
        for (int i = 0; i < ranges.Length; i++)
        {
            if ((uint)at >= (uint)chunk.Length || chunk[at] != (byte)'$')
            {
                return false;
            }

            at++;
            if (!TryReadNumber(chunk, ref at, out int length) || length > _bulkBytesMax ||
                chunk.Length - at < length + 2)
            {
                return false;
            }

            ranges[i] = new ArgumentRange(at, length);
            at += length + 2;
        }

        position = at;
        return true;
    }

    /// <summary>Reads the digits of a small number and the two bytes that end its line.</summary>
    private static bool TryReadNumber(ReadOnlySpan<byte> chunk, ref int position, out int number)
    {
        const int DigitsMax = 9;
        int at = position;
        number = 0;
        while (true)
        {
            if ((uint)at >= (uint)chunk.Length)
            {
                return false;
            }

            uint digit = (uint)(chunk[at] - '0');
            if (digit > 9)
            {
                break;
            }

            number = (number * 10) + (int)digit;
            at++;
        }

        int digits = at - position;
        bool isPlain = digits == 1 || (digits is > 1 and <= DigitsMax && chunk[position] != (byte)'0');
        if (!isPlain || chunk[at] != (byte)'\r' || at + 1 >= chunk.Length)
        {
            return false;
        }

        position = at + 2;
        return true;
    }

    private ReadStatus? Begin(byte first)
    {
        _ranges.Clear();
        _lineStart = 0;
        _state = first == (byte)'*' ? State.CountLine : State.InlineLine;
        return null;
    }

    private ReadStatus? ReadCountLine(ReadOnlySpan<byte> chunk, ref int position)
    {
        if (!TryTakeLine(chunk, ref position, out ReadStatus status))
        {
            return status == ReadStatus.ProtocolError ? Fail(ProtocolErrors.MultibulkLine) : status;
        }

        ReadOnlySpan<byte> line = _held.AsSpan(_lineStart, _heldLength - _lineStart - 1);
        if (!RedisNumber.TryParseInt64(line[1..], out long count) || count > Limits.ArgumentsMax)
        {
            return Fail(ProtocolErrors.MultibulkLength);
        }

        if (count > _argumentsMax)
        {
            return Fail(ProtocolErrors.MultibulkLengthUnauthenticated);
        }

        DropLine();
        if (count <= 0)
        {
            _state = State.Idle;
            GiveBack();
            return null;
        }

        _argumentsLeft = (int)count;
        _state = State.LengthLine;
        return null;
    }

    private ReadStatus? ReadLengthLine(ReadOnlySpan<byte> chunk, ref int position)
    {
        if (!TryTakeLine(chunk, ref position, out ReadStatus status))
        {
            return status == ReadStatus.ProtocolError ? Fail(ProtocolErrors.BulkLine) : status;
        }

        ReadOnlySpan<byte> line = _held.AsSpan(_lineStart, _heldLength - _lineStart - 1);
        byte first = line.Length > 0 ? line[0] : (byte)'\r';
        if (first != (byte)'$')
        {
            return Fail(ProtocolErrors.NotBulk(first));
        }

        bool isNumber = RedisNumber.TryParseInt64(line[1..], out long length) && length >= 0;
        if (!isNumber || length > _bulkBytesMax)
        {
            bool isTooLongForStranger = isNumber && !_isTrusted && length <= Limits.ValueBytesMax;
            return Fail(isTooLongForStranger ? ProtocolErrors.BulkLengthUnauthenticated : ProtocolErrors.BulkLength);
        }

        DropLine();
        _bodyLength = (int)length;
        _bodyLeft = (int)length + 2;
        _state = State.Body;
        return null;
    }

    private ReadStatus? ReadBody(ReadOnlySpan<byte> chunk, ref int position)
    {
        int taken = Math.Min(_bodyLeft, chunk.Length - position);
        int payload = Math.Max(0, Math.Min(taken, _bodyLeft - 2));
        if (_heldLength + (long)payload + ((long)_ranges.Count * RangeBytes) > _heldBytesMax)
        {
            return ReadStatus.TooLarge;
        }

        Hold(chunk.Slice(position, payload));
        position += taken;
        _bodyLeft -= taken;
        if (_bodyLeft > 0)
        {
            return ReadStatus.NeedMore;
        }

        _ranges.Add(_heldLength - _bodyLength, _bodyLength);
        _lineStart = _heldLength;
        _argumentsLeft--;
        if (_argumentsLeft > 0)
        {
            _state = State.LengthLine;
            return null;
        }

        _state = State.Idle;
        _isHeld = true;
        return ReadStatus.Command;
    }

    private ReadStatus? ReadInline(ReadOnlySpan<byte> chunk, ref int position)
    {
        ReadOnlySpan<byte> rest = chunk[position..];
        int end = rest.IndexOf((byte)'\n');
        int length = end < 0 ? rest.Length : end;
        if ((long)_heldLength + length > Limits.InlineBytesMax)
        {
            return Fail(ProtocolErrors.InlineLine);
        }

        if (end < 0)
        {
            Hold(rest);
            position = chunk.Length;
            return ReadStatus.NeedMore;
        }

        int start = position;
        position += end + 1;
        _state = State.Idle;
        ReadOnlySpan<byte> line = rest[..end];
        if (_heldLength == 0 && !InlineCommand.HasQuotes(line))
        {
            InlineCommand.SplitPlain(line, start, _ranges);
            return _ranges.Count > 0 ? ReadStatus.Command : null;
        }

        Hold(line);
        int held = _heldLength > 0 && _held[_heldLength - 1] == (byte)'\r' ? _heldLength - 1 : _heldLength;
        if (!InlineCommand.TrySplitInPlace(_held.AsSpan(0, held), _ranges))
        {
            return Fail(ProtocolErrors.Quotes);
        }

        if (_ranges.Count == 0)
        {
            GiveBack();
            return null;
        }

        _isHeld = true;
        return ReadStatus.Command;
    }

    /// <summary>Collects a line, which ends with a carriage return and any one byte more, as in Redis.</summary>
    /// <returns>False with NeedMore, or with ProtocolError when the line is too long to be a number.</returns>
    private bool TryTakeLine(ReadOnlySpan<byte> chunk, ref int position, out ReadStatus status)
    {
        status = ReadStatus.NeedMore;
        bool hasReturn = _heldLength > _lineStart && _held[_heldLength - 1] == (byte)'\r';
        if (!hasReturn)
        {
            ReadOnlySpan<byte> rest = chunk[position..];
            int end = rest.IndexOf((byte)'\r');
            int length = end < 0 ? rest.Length : end;
            if (_heldLength - _lineStart + (long)length > Limits.InlineBytesMax)
            {
                status = ReadStatus.ProtocolError;
                return false;
            }

            int taken = end < 0 ? length : length + 1;
            Hold(rest[..taken]);
            position += taken;
            if (end < 0 || position == chunk.Length)
            {
                return false;
            }
        }

        position++;
        return true;
    }

    private void DropLine() => _heldLength = _lineStart;

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        int needed = _heldLength + bytes.Length;
        if (needed > _held.Length)
        {
            int size = (int)Math.Min(Math.Max(2L * _held.Length, Math.Max(needed, RentedMin)), Array.MaxLength);
            byte[] larger = ArrayPool<byte>.Shared.Rent(size);
            _held.AsSpan(0, _heldLength).CopyTo(larger);
            ReturnRented();
            _held = larger;
        }

        bytes.CopyTo(_held.AsSpan(_heldLength));
        _heldLength = needed;
    }

    private void GiveBack()
    {
        ReturnRented();
        _heldLength = 0;
        _isHeld = false;
    }

    private void ReturnRented()
    {
        if (_held.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_held);
            _held = [];
        }
    }

    private ReadStatus Fail(ReadOnlySpan<byte> error)
    {
        _error = error.ToArray();
        return ReadStatus.ProtocolError;
    }
}
