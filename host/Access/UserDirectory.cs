using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Host.Commands;
using Marekvs.Host.Connections;

namespace Marekvs.Host.Access;

/// <summary>
/// The users, and which of them each connection acts as. A connection whose user may do everything is never looked at
/// again; the others carry a flag that sends their commands here.
/// </summary>
internal sealed class UserDirectory
{
    /// <summary>The user of connections that have not authenticated as another.</summary>
    public const string DefaultName = "default";

    private readonly Lock _lock = new();
    private readonly ClientRegistry _clients;
    private CommandTable _table = new([]);
    private SortedDictionary<string, AclUser> _users = new(StringComparer.Ordinal);

    /// <summary>Creates a directory with the default user only, who may do everything.</summary>
    /// <param name="clients">All connections.</param>
    public UserDirectory(ClientRegistry clients)
    {
        _clients = clients;
        Default = new AclUser(DefaultName, FirstRules());
        _users.Add(DefaultName, Default);
        clients.Settings.RequirePassChanged = () => Set(DefaultName, DefaultPassword(), out _);
    }

    /// <summary>The user of connections that have not authenticated as another; it is never removed.</summary>
    public AclUser Default { get; }

    /// <summary>The commands rules speak of.</summary>
    public CommandTable Table => _table;

    /// <summary>The file of <c>aclfile</c>, empty for none.</summary>
    public string FilePath { get; private set; } = "";

    /// <summary>The lines that the configuration has.</summary>
    public IReadOnlyList<string> KeptLines { get; set; } = [];

    /// <summary>What was refused.</summary>
    public AclLog Log { get; } = new();

    /// <summary>Whether new users may use every channel (<c>acl-pubsub-default</c>).</summary>
    public bool AllowsChannelsAtFirst { get; set; }

    /// <summary>Whether a connection must authenticate before it may run commands.</summary>
    public bool NeedsPassword => Default.Rules is { IsEnabled: false } or { NeedsNoPassword: false };

    /// <summary>The users by name.</summary>
    public IReadOnlyList<AclUser> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _users.Values];
            }
        }
    }

    /// <summary>Gives the directory its commands and first users.</summary>
    /// <param name="table">All commands; rules can be read from now on.</param>
    /// <param name="lines">Users, one a line, without the word <c>user</c>.</param>
    /// <param name="filePath">The file of users, empty for none.</param>
    /// <param name="mistakes">Receives what is wrong, without a secret in it.</param>
    public void Open(CommandTable table, IReadOnlyList<string> lines, string filePath, List<string> mistakes)
    {
        ArgumentNullException.ThrowIfNull(mistakes);
        _table = table;
        FilePath = filePath;
        Default.Rules = FirstRules();
        AclLines read = new();
        int number = 0;
        foreach (string line in lines)
        {
            read.Add("access.users", $"user {line}", ++number);
        }

        if (filePath.Length > 0)
        {
            read.AddFile(filePath);
        }

        Replace(read, mistakes);
        KeptLines = Lines();
    }

    /// <summary>The users as <c>access.users</c> names them.</summary>
    public IReadOnlyList<string> Lines() =>
        [.. All.Select(user => Encoding.UTF8.GetString(user.ToLine().AsSpan("user ".Length)))];

    /// <summary>Finds a user.</summary>
    /// <param name="name">Its name.</param>
    public AclUser? Find(string? name)
    {
        lock (_lock)
        {
            return name is null ? null : _users.GetValueOrDefault(name);
        }
    }

    /// <summary>Finds a user by what a client sent.</summary>
    /// <param name="name">The name.</param>
    public AclUser? Find(ReadOnlySpan<byte> name) => Find(AclWords.NameOf(name));

    /// <summary>Lets a connection act as a user when the password is right, else remembers the attempt.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="name">The user's name.</param>
    /// <param name="password">The password.</param>
    /// <param name="command">The command it came with, as it was sent.</param>
    public bool TryAuthenticate(
        Session session, ReadOnlySpan<byte> name, ReadOnlySpan<byte> password, ReadOnlySpan<byte> command)
    {
        ArgumentNullException.ThrowIfNull(session);
        lock (_lock)
        {
            if (Find(name) is { } user && user.Rules.Accepts(password))
            {
                session.ActAs(user);
                session.Authenticate();
                return true;
            }
        }

        Log.Add(session, Encoding.UTF8.GetString(name), AclReason.Password, command);
        return false;
    }

    /// <summary>Makes a connection what it is before anyone authenticated on it.</summary>
    /// <param name="session">The connection.</param>
    public void Reset(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        lock (_lock)
        {
            session.ActAs(Default);
            session.Flags &= ~SessionFlags.Unauthenticated;
            session.Flags |= NeedsPassword ? SessionFlags.Unauthenticated : SessionFlags.None;
        }
    }

    /// <summary>Decides whether a connection may run a command; a refusal is remembered.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="entry">The command.</param>
    /// <param name="args">Its arguments.</param>
    public AclDenial Check(Session session, CommandEntry entry, CommandArgs args)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(entry);
        AclDenial denial = session.User.Rules.Check(entry, args);
        if (!denial.IsNone)
        {
            ReadOnlySpan<byte> subject = denial.Reason == AclReason.Command
                ? Encoding.ASCII.GetBytes(entry.DisplayName)
                : args[denial.Argument];
            Log.Add(session, session.User.Name, denial.Reason, subject);
        }

        return denial;
    }

    /// <summary>Creates or changes a user: every rule is applied, or none.</summary>
    /// <param name="name">The user.</param>
    /// <param name="words">The rules.</param>
    /// <param name="wrong">The rule that is wrong.</param>
    /// <param name="caller">The connection that asks; it gets its reply, whatever the rules say.</param>
    public AclMistake Set(string name, IReadOnlyList<string> words, out string wrong, Session? caller = null)
    {
        ArgumentNullException.ThrowIfNull(words);
        wrong = "";
        lock (_lock)
        {
            AclUser? user = Find(name);
            AclRules rules = user is null ? NewRules() : user.Rules.Clone(AllowsChannelsAtFirst);
            foreach (string word in words)
            {
                AclMistake mistake = rules.Apply(word);
                if (mistake != AclMistake.None)
                {
                    wrong = word;
                    return mistake;
                }
            }

            if (user is null)
            {
                _users.Add(name, new AclUser(name, rules));
            }
            else
            {
                user.Rules = rules;
                Refresh();
                CloseWhoMayNotListen(caller);
            }
        }

        return AclMistake.None;
    }

    /// <summary>Removes a user and closes the connections that act as it.</summary>
    /// <param name="name">The user; not the default one.</param>
    /// <param name="caller">The connection that asks; it gets its reply before it is closed.</param>
    /// <returns>False when there is none.</returns>
    public bool Remove(string? name, Session caller)
    {
        lock (_lock)
        {
            if (name is null || !_users.Remove(name, out AclUser? user))
            {
                return false;
            }

            CloseWhoActsAs([user], caller);
            return true;
        }
    }

    /// <summary>Reads the file again. Users keep their connections; those that are gone lose them.</summary>
    /// <param name="caller">The connection that asks.</param>
    /// <param name="mistakes">Receives what is wrong; nothing is changed then.</param>
    public void Load(Session caller, List<string> mistakes)
    {
        AclLines read = new();
        read.AddFile(FilePath);
        lock (_lock)
        {
            List<AclUser> gone = Replace(read, mistakes);
            CloseWhoActsAs(gone, caller);
            CloseWhoMayNotListen(caller);
        }
    }

    /// <summary>Puts users in the place of all there are. The default user stays, and is as at first when it is not
    /// among them.</summary>
    private List<AclUser> Replace(AclLines read, List<string> mistakes)
    {
        int mistakesBefore = mistakes.Count;
        Dictionary<string, AclRules> rules = read.Resolve(NewRules, mistakes);
        if (mistakes.Count > mistakesBefore)
        {
            return [];
        }

        lock (_lock)
        {
            SortedDictionary<string, AclUser> users = new(StringComparer.Ordinal) { [DefaultName] = Default };
            Default.Rules = FirstRules();
            foreach ((string name, AclRules own) in rules)
            {
                AclUser user = _users.GetValueOrDefault(name) ?? new AclUser(name, own);
                user.Rules = own;
                users[name] = user;
            }

            List<AclUser> gone = [.. _users.Values.Where(user => !users.ContainsKey(user.Name))];
            _users = users;
            Refresh();
            return gone;
        }
    }

    private void Refresh()
    {
        foreach (Session session in _clients.Sessions)
        {
            session.RefreshAccess();
        }
    }

    private void CloseWhoActsAs(List<AclUser> users, Session caller) =>
        Close(session => users.Contains(session.User), caller);

    /// <summary>Closes the connections that listen to what their user may no longer listen to.</summary>
    private void CloseWhoMayNotListen(Session? caller) =>
        Close(session => session.IsSubscribed && !session.User.Rules.Allows(session.Subscriptions), caller);

    private void Close(Func<Session, bool> condition, Session? caller)
    {
        foreach (Session session in _clients.Sessions.Where(condition))
        {
            if (session == caller)
            {
                session.CloseAfterReply();
            }
            else
            {
                session.Kill();
            }
        }
    }

    /// <summary>What <c>requirepass</c> says of the default user.</summary>
    private string[] DefaultPassword()
    {
        string password = _clients.Settings.RequirePass;
        return
        [
            "resetpass",
            password.Length == 0 ? "nopass" : ">" + Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(password)),
        ];
    }

    private AclRules NewRules() => new(_table, AllowsChannelsAtFirst);

    private AclRules FirstRules()
    {
        AclRules rules = NewRules();
        foreach (string word in DefaultPassword().Concat(["on", "allcommands", "allkeys", "allchannels"]))
        {
            rules.Apply(word);
        }

        return rules;
    }
}
