using System.Security.Cryptography;
using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;
using Marekvs.Host.Commands;
using Marekvs.Host.Connections;

namespace Marekvs.Host.Access;

/// <summary>The subcommands of ACL that read and change users.</summary>
internal sealed class AclCommands(ClientRegistry clients)
{
    private static ReadOnlySpan<byte> NoFile =>
        "ERR This Redis instance is not configured to use an ACL file. You may want to specify users via the ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have a Redis configuration file set) in order to store users in the Redis configuration."u8;

    private UserDirectory Users => clients.Users;

    public static Reply WhoAmI(in CommandCall call) =>
        Reply.Bulk(Encoding.UTF8.GetBytes(((Session)call.Session).User.Name));

    public Reply ListNames(in CommandCall call)
    {
        IReadOnlyList<AclUser> users = Users.All;
        call.Writer.Array(users.Count);
        foreach (AclUser user in users)
        {
            call.Writer.Bulk(user.Name);
        }

        return Reply.Written;
    }

    public Reply List(in CommandCall call)
    {
        IReadOnlyList<AclUser> users = Users.All;
        call.Writer.Array(users.Count);
        foreach (AclUser user in users)
        {
            call.Writer.Bulk(user.ToLine());
        }

        return Reply.Written;
    }

    public Reply Set(in CommandCall call)
    {
        Redact(call);
        if (AclWords.NameOf(call.Args[2]) is not { } name)
        {
            return Reply.Error("ERR Usernames can't contain spaces or null characters"u8);
        }

        List<string> words = AclWords.From(call.Args, 3);
        if (AclWords.JoinSelectors(words, out string open) is not { } joined)
        {
            return Reply.Error(AclWords.Bytes($"ERR Unmatched parenthesis in acl selector starting at '{open}'."));
        }

        AclMistake mistake = Users.Set(name, joined, out string wrong, (Session)call.Session);
        return mistake == AclMistake.None
            ? Reply.Ok
            : Reply.Error(AclWords.Bytes($"ERR Error in ACL SETUSER modifier '{wrong}': {mistake.Text()}"));
    }

    public Reply Get(in CommandCall call)
    {
        Redact(call);
        if (Users.Find(call.Args[2]) is not { } user)
        {
            return Reply.Nil;
        }

        AclRules rules = user.Rules;
        RespWriter writer = call.Writer;
        writer.Map(6);
        List<string> flags = [.. rules.Flags];
        writer.Bulk("flags"u8);
        writer.Set(flags.Count);
        flags.ForEach(writer.Bulk);
        writer.Bulk("passwords"u8);
        writer.Array(rules.PasswordHashes.Count);
        foreach (string hash in rules.PasswordHashes)
        {
            writer.Bulk(hash);
        }

        WriteSelector(writer, rules.Selectors[0]);
        writer.Bulk("selectors"u8);
        writer.Array(rules.Selectors.Count - 1);
        foreach (AclSelector selector in rules.Selectors.Skip(1))
        {
            writer.Map(3);
            WriteSelector(writer, selector);
        }

        return Reply.Written;
    }

    public Reply Delete(in CommandCall call)
    {
        Redact(call);
        for (int i = 2; i < call.Args.Count; i++)
        {
            if (call.Args[i].SequenceEqual("default"u8))
            {
                return Reply.Error("ERR The 'default' user cannot be removed"u8);
            }
        }

        int removed = 0;
        for (int i = 2; i < call.Args.Count; i++)
        {
            removed += Users.Remove(AclWords.NameOf(call.Args[i]), (Session)call.Session) ? 1 : 0;
        }

        return Reply.Integer(removed);
    }

    public Reply DryRun(in CommandCall call)
    {
        if (Users.Find(call.Args[2]) is not { } user)
        {
            return Reply.Error((byte[])[.. "ERR User '"u8, .. call.Args[2], .. "' not found"u8]);
        }

        var inner = new CommandArgs(call.Args.Bytes, call.Args.Ranges[3..]);
        if (clients.Users.Table.Find(inner, out _) is not { } entry)
        {
            return Reply.Error((byte[])[.. "ERR Command '"u8, .. inner[0], .. "' not found"u8]);
        }

        if (!entry.Spec.Accepts(inner.Count))
        {
            return Reply.Error($"ERR wrong number of arguments for '{entry.DisplayName}' command");
        }

        AclDenial denial = user.Rules.Check(entry, inner);
        return denial.IsNone ? Reply.Ok : Reply.Bulk(denial.Text(user, entry, inner, namesObject: true));
    }

    public Reply Save(in CommandCall call)
    {
        if (Users.FilePath.Length == 0)
        {
            return Reply.Error(NoFile);
        }

        try
        {
            AclFile.Write(Users.FilePath, Users.All);
            return Reply.Ok;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Reply.Error("ERR There was an error trying to save the ACLs. Please check the server logs for more information"u8);
        }
    }

    public Reply Load(in CommandCall call)
    {
        if (Users.FilePath.Length == 0)
        {
            return Reply.Error(NoFile);
        }

        List<string> mistakes = [];
        Users.Load((Session)call.Session, mistakes);
        if (mistakes.Count == 0)
        {
            return Reply.Ok;
        }

        string end = mistakes[0].StartsWith("Error loading", StringComparison.Ordinal)
            ? ""
            : " WARNING: ACL errors detected, no change to the previously active ACL rules was performed";
        return Reply.Error($"ERR {string.Join(' ', mistakes)}{end}");
    }

    public Reply Categories(in CommandCall call)
    {
        if (call.Args.Count > 3)
        {
            return Reply.Error(CommandErrors.SubcommandSyntax(call.Args));
        }

        if (call.Args.Count == 2)
        {
            WriteAll(call.Writer, AclCategories.All);
            return Reply.Written;
        }

        string category = Encoding.Latin1.GetString(call.Args[2]);
        if (!AclCategories.Exists(category))
        {
            return Reply.Error((byte[])[.. "ERR Unknown category '"u8, .. call.Args[2], .. "'"u8]);
        }

        WriteAll(call.Writer,
            [.. Users.Table.All.Where(e => AclCategories.Has(e, category)).Select(e => e.DisplayName)]);
        return Reply.Written;
    }

    /// <summary>A password nobody can guess.</summary>
    public static Reply GeneratePassword(in CommandCall call)
    {
        const int BitsMax = 4096;
        long bits = 256;
        if (call.Args.Count > 3)
        {
            return Reply.Error(CommandErrors.SubcommandSyntax(call.Args));
        }

        if (call.Args.Count == 3 && !RedisNumber.TryParseInt64(call.Args[2], out bits))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        if (bits is <= 0 or > BitsMax)
        {
            return Reply.Error(
                "ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to 4096"u8);
        }

        return Reply.Bulk(Encoding.ASCII.GetBytes(
            RandomNumberGenerator.GetHexString((int)(bits + 3) / 4, lowercase: true)));
    }

    public Reply Log(in CommandCall call)
    {
        long count = 10;
        if (call.Args.Count > 3)
        {
            return Reply.Error(CommandErrors.SubcommandSyntax(call.Args));
        }

        if (call.Args.Count == 3 && Ascii.EqualsIgnoreCase(call.Args[2], "RESET"u8))
        {
            Users.Log.Clear();
            return Reply.Ok;
        }

        if (call.Args.Count == 3 && !RedisNumber.TryParseInt64(call.Args[2], out count))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        IReadOnlyList<AclLogEntry> entries = Users.Log.Newest(count);
        call.Writer.Array(entries.Count);
        foreach (AclLogEntry entry in entries)
        {
            WriteEntry(call.Writer, entry, clients.Time.GetUtcNow());
        }

        return Reply.Written;
    }

    private static void WriteEntry(RespWriter writer, AclLogEntry entry, DateTimeOffset now)
    {
        writer.Map(10);
        writer.Bulk("count"u8);
        writer.Integer(entry.Count);
        writer.Bulk("reason"u8);
        writer.Bulk(entry.Reason switch
        {
            AclReason.Command => "command"u8,
            AclReason.Key => "key"u8,
            AclReason.Channel => "channel"u8,
            _ => "auth"u8,
        });
        writer.Bulk("context"u8);
        writer.Bulk(entry.Context);
        writer.Bulk("object"u8);
        writer.Bulk(entry.Subject);
        writer.Bulk("username"u8);
        writer.Bulk(entry.User);
        writer.Bulk("age-seconds"u8);
        writer.Double(Math.Max(0, (now - entry.UpdatedAt).Ticks / TimeSpan.TicksPerMillisecond) / 1000.0);
        writer.Bulk("client-info"u8);
        writer.Bulk(entry.Client);
        writer.Bulk("entry-id"u8);
        writer.Integer(entry.Id);
        writer.Bulk("timestamp-created"u8);
        writer.Integer(entry.CreatedAt.ToUnixTimeMilliseconds());
        writer.Bulk("timestamp-last-updated"u8);
        writer.Integer(entry.UpdatedAt.ToUnixTimeMilliseconds());
    }

    private static void WriteSelector(RespWriter writer, AclSelector selector)
    {
        writer.Bulk("commands"u8);
        writer.Bulk(AclWords.Bytes(selector.Commands));
        writer.Bulk("keys"u8);
        writer.Bulk(AclWords.Bytes(selector.Keys));
        writer.Bulk("channels"u8);
        writer.Bulk(AclWords.Bytes(selector.Channels));
    }

    private static void WriteAll(RespWriter writer, IReadOnlyList<string> words)
    {
        writer.Array(words.Count);
        foreach (string word in words)
        {
            writer.Bulk(word);
        }
    }

    /// <summary>Nothing of a user is shown to monitors or in a log of slow commands.</summary>
    private static void Redact(in CommandCall call) => ((Session)call.Session).RedactedArguments = ~0b11UL;
}
