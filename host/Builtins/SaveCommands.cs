using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Storage;
using Marekvs.Host.Connections;

namespace Marekvs.Host.Builtins;

/// <summary>
/// The commands that make Redis write a file. Here every write is in the journal before its reply, and what they start
/// is a checkpoint, which brings the store up to date.
/// </summary>
internal sealed class SaveCommands(ServerContext server)
{
    private Task _checkpoint = Task.CompletedTask;

    /// <summary>Answers when the store is up to date; meanwhile every other client is served.</summary>
    public Reply Save(in CommandCall call)
    {
        if (call.Session is not Session session)
        {
            return Reply.Error("ERR SAVE needs a connection that can wait"u8);
        }

        session.ReplyLater(SaveAsync());
        return Reply.None;
    }

    public Reply SaveInBackground(in CommandCall call)
    {
        if (call.Args.Count > 2 ||
            (call.Args.Count == 2 && !Ascii.EqualsIgnoreCase(call.Args[1], "SCHEDULE"u8)))
        {
            return Reply.SyntaxError;
        }

        if (!Begin())
        {
            return call.Args.Count == 2
                ? Reply.Simple("Background saving scheduled"u8)
                : Reply.Error("ERR Background save already in progress"u8);
        }

        return Reply.Simple("Background saving started"u8);
    }

    /// <summary>When the last checkpoint ended, in seconds.</summary>
    public Reply LastSave(in CommandCall call) =>
        Reply.Integer(server.Keyspace.Statistics.LastCheckpointAt / 1000);

    /// <summary>What makes the journal short is a checkpoint: it drops the segments that the store has.</summary>
    public Reply RewriteLog(in CommandCall call)
    {
        bool isFirst = _checkpoint.IsCompleted;
        _checkpoint = isFirst ? SaveAsync() : Task.WhenAll(_checkpoint, SaveAsync());
        return isFirst
            ? Reply.Simple("Background append only file rewriting started"u8)
            : Reply.Simple("Background append only file rewriting scheduled"u8);
    }

    private async Task<byte[]> SaveAsync()
    {
        try
        {
            await Task.Run(() => server.Keyspace.CheckpointAsync());
            return "+OK\r\n"u8.ToArray();
        }
        catch (Exception e) when (e is StorageException or IOException or ObjectDisposedException)
        {
            return "-ERR the checkpoint failed, see the log; the journal holds everything\r\n"u8.ToArray();
        }
    }

    /// <summary>Starts a checkpoint unless one that was asked for still runs.</summary>
    private bool Begin()
    {
        if (!_checkpoint.IsCompleted)
        {
            return false;
        }

        _checkpoint = SaveAsync();
        return true;
    }
}
