using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Host.Commands;
using Marekvs.Storage.Engine;
using Microsoft.Extensions.Logging;

namespace Marekvs.Host.Routing;

/// <summary>Runs commands of other nodes' clients: those only that a node sends because they must run in one place.
/// Access rules were applied where the client is.</summary>
internal sealed class RoutedExecutor(Keyspace keyspace, CommandTable table, ILogger logger) : ICommandExecutor
{
    public IExecution Start(RoutedCommand command, IExecutionListener listener)
    {
        var execution = new RoutedExecution(keyspace, command, listener, logger);
        if ((command.Partition is null || keyspace.WriteRefusal.IsEmpty) && TryRead(command, execution))
        {
            ThreadPool.UnsafeQueueUserWorkItem(execution, preferLocal: false);
        }
        else
        {
            listener.Ended(reply: null, journalPosition: 0);
        }

        return execution;
    }

    /// <summary>Waits until one of some keys has something, or may have.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="milliseconds">How long at most; 0: for ever.</param>
    /// <param name="listener">Gets OK, or nothing when time is up.</param>
    public IExecution Watch(IReadOnlyList<byte[]> keys, long milliseconds, IExecutionListener listener)
    {
        var command = new RoutedCommand(RoutedArguments.Write([.. keys.Prepend("WATCHING"u8.ToArray())]));
        var execution = new RoutedExecution(keyspace, command, listener, logger);
        execution.Add(
            new CommandSpec(
                "WATCHING", -2, CommandFlags.ReadOnly | CommandFlags.Blocking | CommandFlags.NoTouch, KeySpec.All,
                (in CommandCall call) => AnyExists(call) ? Reply.Ok
                    : call.Retry == CallRetry.TimedOut ? Reply.NilArray
                    : Reply.WaitForKeys(milliseconds)),
            RoutedArguments.Read(command.Arguments)[0]);
        ThreadPool.UnsafeQueueUserWorkItem(execution, preferLocal: false);
        return execution;
    }

    private static bool AnyExists(in CommandCall call)
    {
        bool any = false;
        for (int i = 1; i < call.Args.Count; i++)
        {
            any |= call.Open(call.Args[i]).Exists;
        }

        return any;
    }

    /// <summary>Finds the commands, and that they are such that run for others.</summary>
    private bool TryRead(RoutedCommand command, RoutedExecution execution)
    {
        IReadOnlyList<ArgumentRange[]> commands;
        IReadOnlyList<ExpectedKey> watched;
        try
        {
            commands = RoutedArguments.Read(command.Arguments, out watched);
        }
        catch (RecordFormatException)
        {
            return false;
        }

        ushort? partition = null;
        foreach (ArgumentRange[] ranges in commands)
        {
            var args = new CommandArgs(command.Arguments, ranges);
            if (table.Find(args, out _)?.Spec is not { } spec || !spec.Accepts(args.Count) || !(command.IsTransaction
                ? RoutingRules.IsWithin(spec, args, ref partition)
                : RunsAlone(spec, args, command)))
            {
                return false;
            }

            execution.Add(spec, ranges);
        }

        foreach (ExpectedKey key in watched)
        {
            if (KeyAddress.PartitionOf(key.Name) != partition)
            {
                return false;
            }

            execution.Add(key);
        }

        return command.IsTransaction ? partition == command.Partition : commands.Count == 1;
    }

    private static bool RunsAlone(CommandSpec spec, CommandArgs args, RoutedCommand command) =>
        command.Partition is not { } partition ? WitnessCount.IsAsked(spec)
        : spec.Routing?.AppliesTo(args) == true &&
            RoutingRules.TryFindPartition(spec, args, out ushort found) && found == partition;
}
