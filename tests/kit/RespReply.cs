using System.Globalization;
using System.Text;

namespace Marekvs.Testing;

/// <summary>One reply as it came over the wire.</summary>
/// <param name="Kind">The first byte: <c>+ - : $ *</c> and RESP3's.</param>
/// <param name="Bytes">The content of a simple reply or a bulk; null for a null.</param>
/// <param name="Items">The parts of an aggregate.</param>
public sealed record RespReply(char Kind, byte[]? Bytes, IReadOnlyList<RespReply> Items)
{
    public bool IsError => Kind is '-' or '!';

    public bool IsNull => Kind == '_' || (Bytes is null && Kind == '$') || (Bytes is null && Kind == '*');

    public string Text => Encoding.Latin1.GetString(Bytes ?? throw new InvalidOperationException($"no text: {this}"));

    public string? TextOrNull => Bytes is null ? null : Text;

    public long Integer => Kind == ':'
        ? long.Parse(Text, CultureInfo.InvariantCulture)
        : throw new InvalidOperationException($"no integer: {this}");

    public override string ToString() => Items.Count > 0
        ? $"{Kind}[{string.Join(", ", Items.Take(20))}]"
        : $"{Kind}{(Bytes is null ? "null" : Encoding.Latin1.GetString(Bytes, 0, Math.Min(Bytes.Length, 200)))}";
}
