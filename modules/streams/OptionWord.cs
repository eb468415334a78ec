using System.Text;

namespace Marekvs.Modules.Streams;

/// <summary>Compares arguments with the words of options.</summary>
internal static class OptionWord
{
    internal static bool Is(this ReadOnlySpan<byte> word, ReadOnlySpan<byte> option) =>
        Ascii.EqualsIgnoreCase(word, option);
}
