using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Host.Commands;
using Marekvs.Host.Connections;
using Marekvs.Storage.Engine;

namespace Marekvs.Host.Routing;

/// <summary>Which commands run at the soft owner of their keys, and which partition that is.</summary>
internal static class RoutingRules
{
    /// <summary>The partition whose soft owner is to run a command: that of its first key, which is the one that
    /// something is taken from.</summary>
    /// <returns>False when it has no keys, or they cannot be told.</returns>
    public static bool TryFindPartition(CommandSpec command, CommandArgs args, out ushort partition)
    {
        partition = 0;
        KeySpec keys = command.Keys;
        int first = keys.First;
        if (keys.Finder is not null)
        {
            var found = new List<int>();
            first = keys.TryFind(args, found) && found.Count > 0 ? found[0] : 0;
        }

        if (first == 0 || first >= args.Count)
        {
            return false;
        }

        partition = KeyAddress.PartitionOf(args[first]);
        return true;
    }

    /// <summary>Whether a command may run inside a transaction at another node: it touches nothing but data, and of
    /// that only one partition.</summary>
    /// <param name="command">The row.</param>
    /// <param name="args">The command.</param>
    /// <param name="partition">The partition of those before; null before the first.</param>
    public static bool IsWithin(CommandSpec command, CommandArgs args, ref ushort? partition)
    {
        if (!command.Has(CommandFlags.ReadOnly | CommandFlags.Write) || command.Has(CommandFlags.WholeKeyspace) ||
            command.Keys.HasUnnamed?.Invoke(args) == true)
        {
            return false;
        }

        var keys = new List<int>();
        if (!command.Keys.TryFind(args, keys) || keys.Count == 0)
        {
            return false;
        }

        foreach (int index in keys)
        {
            ushort found = KeyAddress.PartitionOf(args[index]);
            if (found != (partition ??= found))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a transaction runs at the soft owner of its keys: all are in one partition, the watched ones
    /// too, and it depends on these, or one of the commands would run there by itself.</summary>
    public static bool IsRouted(
        SessionTransaction transaction, Func<CommandEntry, CommandArgs, bool> isRouted, out ushort partition)
    {
        Transaction commands = transaction.Commands;
        ushort? common = null;
        bool hasRouted = commands.Watches.Count > 0 && commands.Writes;
        partition = 0;
        if (transaction.HasRefused)
        {
            return false;
        }

        for (int i = 0; i < commands.Count; i++)
        {
            if (!IsWithin(commands.CommandAt(i), commands.ArgsAt(i), ref common))
            {
                return false;
            }

            hasRouted |= isRouted(transaction.Entries[i], commands.ArgsAt(i));
        }

        foreach (KeyWatch watch in commands.Watches)
        {
            if (watch.IsChanged || KeyAddress.PartitionOf(watch.Name) != common)
            {
                return false;
            }
        }

        partition = common ?? 0;
        return hasRouted;
    }
}
