namespace Marekvs.Abstractions.Commands;

/// <summary>Where one argument lies in the bytes of a command.</summary>
/// <param name="Offset">Its first byte.</param>
/// <param name="Length">Its length in bytes.</param>
public readonly record struct ArgumentRange(int Offset, int Length);

/// <summary>The arguments of one command, over the bytes they were received in. Argument 0 is the command's name.
/// </summary>
public readonly ref struct CommandArgs
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ReadOnlySpan<ArgumentRange> _ranges;

    /// <summary>Arguments over received bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="ranges">Where the arguments lie in them.</param>
    public CommandArgs(ReadOnlySpan<byte> bytes, ReadOnlySpan<ArgumentRange> ranges)
    {
        _bytes = bytes;
        _ranges = ranges;
    }

    /// <summary>How many arguments there are, the name included.</summary>
    public int Count => _ranges.Length;

    /// <summary>One argument.</summary>
    /// <param name="index">From 0, the name.</param>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            ArgumentRange range = _ranges[index];
            return _bytes.Slice(range.Offset, range.Length);
        }
    }

    /// <summary>The bytes the ranges point into.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Where the arguments lie in <see cref="Bytes"/>.</summary>
    public ReadOnlySpan<ArgumentRange> Ranges => _ranges;
}
