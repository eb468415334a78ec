using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Messaging;
using Marekvs.Host.Commands;

namespace Marekvs.Host.Access;

/// <summary>
/// All rules of a user. They are changed on a copy which then takes the place of what it was copied from, so a command
/// is decided by one state of the rules, and what other threads see never changes.
/// </summary>
internal sealed class AclRules
{
    private readonly CommandTable _table;
    private readonly bool _allChannelsAtFirst;
    private readonly List<AclSelector> _selectors;
    private readonly AclPasswords _passwords;
    private bool _sanitizes = true;

    /// <summary>The rules of a new user: off, without a password, allowed nothing.</summary>
    /// <param name="table">All commands.</param>
    /// <param name="allChannels">Allowed every channel (<c>acl-pubsub-default</c>).</param>
    public AclRules(CommandTable table, bool allChannels)
    {
        _table = table;
        _allChannelsAtFirst = allChannels;
        _selectors = [new AclSelector(table, allChannels)];
        _passwords = new AclPasswords();
    }

    private AclRules(AclRules other, bool allChannels)
    {
        _table = other._table;
        _allChannelsAtFirst = allChannels;
        _selectors = [.. other._selectors.Select(selector => selector.Clone())];
        _passwords = other._passwords.Clone();
        _sanitizes = other._sanitizes;
        IsEnabled = other.IsEnabled;
        NeedsNoPassword = other.NeedsNoPassword;
    }

    /// <summary>Whether one can authenticate as the user.</summary>
    public bool IsEnabled { get; private set; }

    /// <summary>Whether any password is right.</summary>
    public bool NeedsNoPassword { get; private set; }

    /// <summary>Whether commands need not be checked at all.</summary>
    public bool IsUnrestricted => _selectors.Exists(selector => selector.IsUnrestricted);

    /// <summary>Whether every key may be read.</summary>
    public bool ReadsEveryKey => _selectors.Exists(selector => selector.ReadsEveryKey);

    /// <summary>The digests of the passwords.</summary>
    public IReadOnlyList<string> PasswordHashes => _passwords.Hashes;

    /// <summary>The user's own selector and then those in parentheses.</summary>
    public IReadOnlyList<AclSelector> Selectors => _selectors;

    /// <summary>The flags in Redis's words and order.</summary>
    public IEnumerable<string> Flags
    {
        get
        {
            yield return IsEnabled ? "on" : "off";
            if (NeedsNoPassword)
            {
                yield return "nopass";
            }

            yield return _sanitizes ? "sanitize-payload" : "skip-sanitize-payload";
        }
    }

    /// <summary>A copy to change.</summary>
    /// <param name="allChannels">What new selectors of it are allowed.</param>
    public AclRules Clone(bool allChannels) => new(this, allChannels);

    /// <summary>Whether a password is right; a user that is off has none.</summary>
    /// <param name="password">What a client sent.</param>
    public bool Accepts(ReadOnlySpan<byte> password) => IsEnabled && (_passwords.Contains(password) | NeedsNoPassword);

    /// <summary>Applies one rule.</summary>
    /// <param name="word">The rule.</param>
    public AclMistake Apply(string word)
    {
        switch (word.ToLowerInvariant())
        {
            case "":
                break;
            case "on" or "off":
                IsEnabled = word.Length == 2;
                break;
            case "nopass":
                NeedsNoPassword = true;
                _passwords.Clear();
                break;
            case "resetpass":
                NeedsNoPassword = false;
                _passwords.Clear();
                break;
            case "sanitize-payload":
                _sanitizes = true;
                break;
            case "skip-sanitize-payload":
                _sanitizes = false;
                break;
            case "clearselectors":
                _selectors.RemoveRange(1, _selectors.Count - 1);
                break;
            case "reset":
                Reset();
                break;
            default:
                return ApplyToPart(word);
        }

        return AclMistake.None;
    }

    /// <summary>Decides about a command. Without a selector that allows it, the reason that comes furthest is told.
    /// </summary>
    /// <param name="entry">The command.</param>
    /// <param name="args">Its arguments.</param>
    public AclDenial Check(CommandEntry entry, CommandArgs args)
    {
        List<int> keys = [];
        if (!entry.Spec.Keys.TryFind(args, keys))
        {
            // Such a call is run without keys, and answers that its arguments do not parse.
            keys.Clear();
        }

        AclDenial furthest = new(AclReason.Command);
        foreach (AclSelector selector in _selectors)
        {
            AclDenial denial = selector.Check(entry, args, keys);
            if (denial.IsNone)
            {
                return denial;
            }

            if (denial.Reason > furthest.Reason ||
                (denial.Reason == furthest.Reason && denial.Argument > furthest.Argument))
            {
                furthest = denial;
            }
        }

        return furthest;
    }

    /// <summary>Whether some selector allows everything a connection listens to.</summary>
    /// <param name="subscriptions">What it listens to.</param>
    public bool Allows(Subscriptions subscriptions) =>
        Allows(subscriptions, SubscriptionKind.Channel) && Allows(subscriptions, SubscriptionKind.Pattern) &&
        Allows(subscriptions, SubscriptionKind.Shard);

    /// <summary>The rules as they are written in a file.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.AppendJoin(' ', Flags.Concat(PasswordHashes.Select(hash => "#" + hash)));
        text.Append(' ').Append(_selectors[0]);
        foreach (AclSelector selector in _selectors.Skip(1))
        {
            text.Append(" (").Append(selector).Append(')');
        }

        return text.ToString();
    }

    private bool Allows(Subscriptions subscriptions, SubscriptionKind kind) => subscriptions.Count(kind) == 0 ||
        subscriptions.Names(kind).All(name =>
            _selectors.Exists(selector => selector.AllowsChannel(name, kind == SubscriptionKind.Pattern)));

    private AclMistake ApplyToPart(string word)
    {
        if (word[0] is '>' or '<' or '#' or '!')
        {
            NeedsNoPassword &= word[0] is '<' or '!';
            return _passwords.Apply(word);
        }

        return word[0] == '(' ? AddSelector(word) : _selectors[0].Apply(word);
    }

    private AclMistake AddSelector(string word)
    {
        if (!word.EndsWith(')'))
        {
            return AclMistake.Syntax;
        }

        AclSelector added = new(_table, _allChannelsAtFirst);
        foreach (string rule in AclWords.Split(word[1..^1]))
        {
            AclMistake mistake = added.Apply(rule);
            if (mistake != AclMistake.None)
            {
                return mistake;
            }
        }

        _selectors.Add(added);
        return AclMistake.None;
    }

    private void Reset()
    {
        _passwords.Clear();
        _sanitizes = true;
        NeedsNoPassword = IsEnabled = false;
        _selectors.Clear();
        _selectors.Add(new AclSelector(_table, _allChannelsAtFirst));
    }
}
