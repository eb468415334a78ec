using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Host.Commands;

namespace Marekvs.Host.Access;

/// <summary>
/// A set of commands with the keys and channels they may be run on. Each user has one of its own and may have others
/// in parentheses; a command is allowed when one of them allows it as a whole.
/// </summary>
internal sealed class AclSelector
{
    private readonly List<KeyPattern> _keys;
    private readonly List<string> _channels;
    private readonly CommandGrants _commands;
    private bool _allKeys;
    private bool _allChannels;

    /// <summary>Allows nothing.</summary>
    /// <param name="table">All commands.</param>
    /// <param name="allChannels">Allows every channel (<c>acl-pubsub-default</c>).</param>
    public AclSelector(CommandTable table, bool allChannels)
        : this(new CommandGrants(table), [], [], allKeys: false, allChannels)
    {
    }

    private AclSelector(
        CommandGrants commands, List<KeyPattern> keys, List<string> channels, bool allKeys, bool allChannels)
    {
        _commands = commands;
        _keys = keys;
        _channels = channels;
        _allKeys = allKeys;
        _allChannels = allChannels;
    }

    /// <summary>Whether it allows every command on everything.</summary>
    public bool IsUnrestricted => _commands.IsEverything && _allKeys && _allChannels;

    /// <summary>Whether it allows every key to be read.</summary>
    public bool ReadsEveryKey =>
        _allKeys || _keys.Exists(pattern => pattern.Pattern == "*" && (pattern.Rights & KeyRights.Read) != 0);

    /// <summary>The rules about commands.</summary>
    public string Commands => _commands.ToString();

    /// <summary>The rules about keys.</summary>
    public string Keys => _allKeys ? "~*" : string.Join(' ', _keys);

    /// <summary>The rules about channels.</summary>
    public string Channels => _allChannels ? "&*" : string.Join(' ', _channels.Select(channel => "&" + channel));

    /// <summary>A copy to change.</summary>
    public AclSelector Clone() => new(_commands.Clone(), [.. _keys], [.. _channels], _allKeys, _allChannels);

    /// <summary>Applies one rule.</summary>
    /// <param name="word">The rule.</param>
    public AclMistake Apply(string word)
    {
        switch (word.ToLowerInvariant())
        {
            case "allkeys" or "~*":
                _keys.Clear();
                _allKeys = true;
                return AclMistake.None;
            case "resetkeys":
                _keys.Clear();
                _allKeys = false;
                return AclMistake.None;
            case "allchannels" or "&*":
                _channels.Clear();
                _allChannels = true;
                return AclMistake.None;
            case "resetchannels":
                _channels.Clear();
                _allChannels = false;
                return AclMistake.None;
            case "allcommands":
                _commands.SetAll(true);
                return AclMistake.None;
            case "nocommands":
                _commands.SetAll(false);
                return AclMistake.None;
            default:
                return word[0] switch
                {
                    '~' or '%' => AddKeys(word),
                    '&' => AddChannel(word),
                    '+' or '-' => _commands.Apply(word),
                    _ => AclMistake.Syntax,
                };
        }
    }

    /// <summary>Decides about a command.</summary>
    /// <param name="entry">The command.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="keys">Where its keys are.</param>
    public AclDenial Check(CommandEntry entry, CommandArgs args, List<int> keys)
    {
        if (!_commands.Allows(entry, args))
        {
            return new AclDenial(AclReason.Command);
        }

        for (int i = 0; !_allKeys && i < keys.Count; i++)
        {
            if (!AllowsKey(args[keys[i]], KeyPattern.Needed(entry.Spec.UseOf(args, i))))
            {
                return new AclDenial(AclReason.Key, keys[i]);
            }
        }

        return _allChannels ? default : CheckChannels(entry.Spec, args);
    }

    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(Keys).Append(Keys.Length > 0 ? " " : "");
        text.Append(_allChannels ? "" : "resetchannels ");
        text.Append(Channels).Append(Channels.Length > 0 ? " " : "");
        return text.Append(Commands).ToString();
    }

    private AclDenial CheckChannels(CommandSpec spec, CommandArgs args)
    {
        if (spec.Channels.First == 0)
        {
            return default;
        }

        List<int> channels = [];
        spec.Channels.TryFind(args, channels);
        foreach (int argument in channels)
        {
            if (!AllowsChannel(args[argument], spec.HasChannelPatterns))
            {
                return new AclDenial(AclReason.Channel, argument);
            }
        }

        return default;
    }

    private bool AllowsKey(ReadOnlySpan<byte> key, KeyRights needed)
    {
        foreach (KeyPattern pattern in _keys)
        {
            if (pattern.Allows(key, needed))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Decides about a channel. A pattern must be allowed word for word: whether one is narrower than another
    /// cannot be told.</summary>
    /// <param name="channel">The channel or pattern.</param>
    /// <param name="isPattern">Which of the two.</param>
    public bool AllowsChannel(ReadOnlySpan<byte> channel, bool isPattern)
    {
        if (_allChannels)
        {
            return true;
        }

        foreach (string allowed in _channels)
        {
            byte[] bytes = AclWords.Bytes(allowed);
            if (isPattern ? channel.SequenceEqual(bytes) : GlobPattern.Matches(bytes, channel))
            {
                return true;
            }
        }

        return false;
    }

    private AclMistake AddKeys(string word)
    {
        if (_allKeys)
        {
            return AclMistake.KeysAfterAll;
        }

        if (KeyPattern.Parse(word) is not { } added)
        {
            return AclMistake.Syntax;
        }

        int at = _keys.FindIndex(pattern => pattern.Pattern == added.Pattern);
        if (at < 0)
        {
            _keys.Add(added);
        }
        else
        {
            _keys[at] = new KeyPattern(added.Pattern, added.Rights | _keys[at].Rights);
        }

        return AclMistake.None;
    }

    private AclMistake AddChannel(string word)
    {
        if (_allChannels)
        {
            return AclMistake.ChannelsAfterAll;
        }

        if (AclWords.HasSpaces(word))
        {
            return AclMistake.Syntax;
        }

        if (!_channels.Contains(word[1..]))
        {
            _channels.Add(word[1..]);
        }

        return AclMistake.None;
    }
}
