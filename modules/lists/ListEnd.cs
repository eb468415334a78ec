using System.Text;

namespace Marekvs.Modules.Lists;

/// <summary>The two ends of a list.</summary>
internal enum ListEnd
{
    /// <summary>Where LPUSH and LPOP work.</summary>
    Left,

    /// <summary>Where RPUSH and RPOP work.</summary>
    Right,
}

/// <summary>What the commands call an end.</summary>
internal static class ListEnds
{
    internal static bool TryParse(ReadOnlySpan<byte> word, out ListEnd end)
    {
        bool isRight = Ascii.EqualsIgnoreCase(word, "RIGHT"u8);
        end = isRight ? ListEnd.Right : ListEnd.Left;
        return isRight || Ascii.EqualsIgnoreCase(word, "LEFT"u8);
    }

    internal static string PushEvent(this ListEnd end) => end == ListEnd.Left ? "lpush" : "rpush";

    internal static string PopEvent(this ListEnd end) => end == ListEnd.Left ? "lpop" : "rpop";
}
