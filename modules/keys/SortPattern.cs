using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Keys;

/// <summary>
/// A pattern of SORT: <c>prefix*suffix</c> names a string and <c>prefix*suffix->field</c> a field of a hash, the element
/// standing for the asterisk; <c>#</c> is the element itself. Without an asterisk it names nothing.
/// </summary>
internal sealed class SortPattern
{
    private readonly byte[] _prefix = [];
    private readonly byte[] _suffix = [];
    private readonly byte[] _field = [];
    private readonly bool _isElement;

    internal SortPattern(ReadOnlySpan<byte> text)
    {
        _isElement = text.SequenceEqual("#"u8);
        int at = text.IndexOf((byte)'*');
        if (at < 0)
        {
            return;
        }

        NamesKeys = true;
        _prefix = text[..at].ToArray();
        ReadOnlySpan<byte> rest = text[(at + 1)..];
        int arrow = rest.IndexOf("->"u8);
        if (arrow >= 0 && arrow + 2 < rest.Length)
        {
            _field = rest[(arrow + 2)..].ToArray();
            rest = rest[..arrow];
        }

        _suffix = rest.ToArray();
    }

    /// <summary>Whether it names another key for each element.</summary>
    internal bool NamesKeys { get; }

    /// <summary>The value the pattern stands for, or null when there is none.</summary>
    internal byte[]? Read(in CommandCall call, byte[] element)
    {
        if (!NamesKeys)
        {
            return _isElement ? element : null;
        }

        byte[] name = [.. _prefix, .. element, .. _suffix];
        Key key = call.Open(name);
        if (key.Type is not { } type)
        {
            return null;
        }

        RecordKind? kind = _field.Length > 0 ? type.Fields : type.IsSingle ? type.Kind : null;
        return kind is not null && key.TryGet(kind, _field, out ElementValue value)
            ? CountedValue.Read(value, new byte[CountedValue.ScratchBytes]).ToArray()
            : null;
    }
}
