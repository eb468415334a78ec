using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>Runs single commands for <see cref="Keyspace"/>.</summary>
internal sealed class CallRunner(
    Keyspace keyspace, ShardGates gates, CallCommit commit, ColdReader reader, TimeProvider time)
{
    private readonly OutsideCall _outside = new(keyspace);
    private long _coldCalls;
    private long _fetchingCalls;

    /// <summary>Calls that had to be put aside because their data was not in memory.</summary>
    public long ColdCalls => Volatile.Read(ref _coldCalls);

    /// <summary>Calls that had to be put aside because another node had to be asked.</summary>
    public long FetchingCalls => Volatile.Read(ref _fetchingCalls);

    public ExecuteOutcome Execute(
        CommandSpec command, CommandArgs args, ISession session, RespWriter writer, CallTicket ticket)
    {
        if (ticket.Supplies.Failure is { } failure)
        {
            ticket.Finish();
            throw failure;
        }

        KeySpec keys = command.Keys;
        if (keys.Finder is null && keys.First > 0 && keys.Last == keys.First && args.Count > keys.First)
        {
            ReadOnlySpan<byte> name = args[keys.First];
            ushort partition = KeyAddress.PartitionOf(name);
            Shard shard = keyspace.ShardOf(partition);
            lock (shard.Gate)
            {
                EngineCall call = keyspace.Calls[shard.Index];
                call.Hint(name, keyspace.HashOf(name), partition);
                return Run(call, 1UL << shard.Index, command, args, session, writer, ticket);
            }
        }

        ulong mask = gates.Of(command, args, ticket.KeyIndexes);
        if (mask == 0)
        {
            return RunOutside(command, args, session, writer, ticket);
        }

        gates.Enter(mask);
        try
        {
            EngineCall call = keyspace.Calls[System.Numerics.BitOperations.TrailingZeroCount(mask)];
            call.Hint(default, 0, 0);
            return Run(call, mask, command, args, session, writer, ticket);
        }
        finally
        {
            gates.Leave(mask);
        }
    }

    private ExecuteOutcome RunOutside(
        CommandSpec command, CommandArgs args, ISession session, RespWriter writer, CallTicket ticket)
    {
        int mark = writer.Length;
        Reply reply = command.Handler(
            new CommandCall(command, args, _outside, writer, session, ticket.Retry));
        if (reply.Kind == ReplyKind.Wait)
        {
            // Time alone ends this wait, or what CallTicket.RunAgain tells of.
            writer.RollBackTo(mark);
            ticket.Block(keyspace, [], time, reply, state: null);
            return ExecuteOutcome.Parked;
        }

        if (reply.IsError)
        {
            writer.RollBackTo(mark);
        }

        writer.Write(reply);
        ticket.Finish();
        return ExecuteOutcome.Done;
    }

    private ExecuteOutcome Run(
        EngineCall call,
        ulong mask,
        CommandSpec command,
        CommandArgs args,
        ISession session,
        RespWriter writer,
        CallTicket ticket)
    {
        // A call whose wait has timed out takes nothing, so it need not wait once more.
        if (ticket.Retry != CallRetry.TimedOut && gates.HoldBack(mask, command, args, ticket))
        {
            return ExecuteOutcome.Parked;
        }

        ticket.Withdraw();
        bool writes = command.Has(CommandFlags.Write);
        Shard first = keyspace.Shards[System.Numerics.BitOperations.TrailingZeroCount(mask)];
        Dot dot = default;
        long now;
        if (writes)
        {
            if (keyspace.WriteRefusal is { IsEmpty: false } refusal)
            {
                writer.Error(refusal);
                ticket.Finish();
                return ExecuteOutcome.Done;
            }

            if (!ticket.HasWaitedForMemory && keyspace.Memory.IsExceeded(first))
            {
                return keyspace.Memory.Park(ticket);
            }

            // Published before the tick, so that a closed stamp computed meanwhile stays below it.
            Volatile.Write(ref first.StampInFlight, keyspace.Clock.Last.Value + 1);
            dot = new Dot(keyspace.Clock.Tick(), keyspace.Origin);
            now = dot.Stamp.UnixMilliseconds;
        }
        else
        {
            now = keyspace.Clock.NowMilliseconds;
        }

        int mark = writer.Length;
        bool noTouch = command.Has(CommandFlags.NoTouch) || session.NoTouch;
        call.Begin(now, dot, command.Has(CommandFlags.ReadOnly), ticket, session, noTouch);
        try
        {
            Reply reply = command.Handler(new CommandCall(command, args, call, writer, session, ticket.Retry));
            if (!call.Needs.IsEmpty || reply.Kind == ReplyKind.Wait || reply.IsError)
            {
                call.TakeBack();
                writer.RollBackTo(mark);
                if (!call.Needs.IsEmpty)
                {
                    return ParkForData(call, ticket);
                }

                if (reply.Kind == ReplyKind.Wait)
                {
                    return ParkForKeys(call, command, args, ticket, reply);
                }
            }

            // Nothing may fail once the entry is in the journal, so the reply is written first.
            writer.Write(reply);
            if (!commit.TryAppend(call, writes, ticket, first))
            {
                call.TakeBack();
                writer.RollBackTo(mark);
                writer.Error(RespErrors.DiskFull);
                ticket.Finish();
                return ExecuteOutcome.Done;
            }
        }
        catch
        {
            call.TakeBack();
            writer.RollBackTo(mark);
            ticket.Finish();
            throw;
        }
        finally
        {
            Volatile.Write(ref first.StampInFlight, 0);
        }

        first.Hits += call.Hits;
        first.Misses += call.Misses;
        commit.Conclude(call);
        if (!writes && session.TracksReads && command.Has(CommandFlags.ReadOnly))
        {
            session.Track(command, args);
        }

        ticket.Finish();
        if (call.TakeStream() is not { } stream)
        {
            return ExecuteOutcome.Done;
        }

        ticket.Follow(reader, stream);
        return ExecuteOutcome.Streamed;
    }

    /// <summary>Puts a call aside until what it missed is in memory.</summary>
    public ExecuteOutcome ParkForData(EngineCall call, CallTicket ticket)
    {
        ticket.Park();
        keyspace.CountParked(1);
        if (call.Needs.Unleased.Count > 0)
        {
            Interlocked.Increment(ref _fetchingCalls);
            keyspace.Leases!.Bring([.. call.Needs.Unleased], () => keyspace.ResumeParked(ticket));
            return ExecuteOutcome.Parked;
        }

        Interlocked.Increment(ref _coldCalls);
        reader.Ask(call.Needs.For(ticket));
        return ExecuteOutcome.Parked;
    }

    private ExecuteOutcome ParkForKeys(
        EngineCall call, CommandSpec command, CommandArgs args, CallTicket ticket, Reply wait)
    {
        ticket.KeyIndexes.Clear();
        command.Keys.TryFind(args, ticket.KeyIndexes);
        var queues = new List<WaitQueue>(ticket.KeyIndexes.Count);
        foreach (int index in ticket.KeyIndexes)
        {
            byte[] name = args[index].ToArray();
            queues.Add(keyspace.ShardOf(KeyAddress.PartitionOf(name)).Waiters.QueueOf(name));
        }

        ticket.Block(keyspace, queues, time, wait, call.WaitState);
        return ExecuteOutcome.Parked;
    }
}
