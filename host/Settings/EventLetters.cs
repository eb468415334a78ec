using System.Text;
using Marekvs.Abstractions.Records;

namespace Marekvs.Host.Settings;

/// <summary>The letters of <c>notify-keyspace-events</c>.</summary>
internal static class EventLetters
{
    // In the order Redis shows them.
    private static readonly (char Letter, KeyspaceEvents Event)[] Letters =
    [
        ('g', KeyspaceEvents.Generic),
        ('$', KeyspaceEvents.String),
        ('l', KeyspaceEvents.List),
        ('s', KeyspaceEvents.Set),
        ('h', KeyspaceEvents.Hash),
        ('z', KeyspaceEvents.SortedSet),
        ('x', KeyspaceEvents.Expired),
        ('e', KeyspaceEvents.Evicted),
        ('t', KeyspaceEvents.Stream),
        ('d', KeyspaceEvents.Module),
        ('K', KeyspaceEvents.Keyspace),
        ('E', KeyspaceEvents.Keyevent),
        ('m', KeyspaceEvents.KeyMiss),
        ('n', KeyspaceEvents.New),
    ];

    /// <summary>The letters as a setting.</summary>
    public static SettingShape<KeyspaceEvents> Shape { get; } = new(
        "letters of \"Ag$lshzxeKEtmdn\"", JsonForm.Text, TryParse);

    public static bool TryParse(string text, out KeyspaceEvents events)
    {
        events = KeyspaceEvents.None;
        foreach (char letter in text)
        {
            KeyspaceEvents found = letter == 'A'
                ? KeyspaceEvents.All
                : Letters.FirstOrDefault(l => l.Letter == letter).Event;
            if (found == KeyspaceEvents.None)
            {
                return false;
            }

            events |= found;
        }

        return true;
    }

    /// <summary>The shortest spelling: A stands for all classes it covers.</summary>
    public static string Format(KeyspaceEvents events)
    {
        var text = new StringBuilder();
        if ((events & KeyspaceEvents.All) == KeyspaceEvents.All)
        {
            text.Append('A');
            events &= ~KeyspaceEvents.All;
        }

        foreach ((char letter, KeyspaceEvents one) in Letters)
        {
            if ((events & one) != 0)
            {
                text.Append(letter);
            }
        }

        return text.ToString();
    }
}
