using System.Globalization;
using System.Text;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;
using Marekvs.Storage.Engine.Journal;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>
/// Runs transactions for <see cref="Keyspace"/>. All commands
/// are one call: one visit to the shards of all their keys, one entry in the journal, and, when data is missing, all of
/// it is taken back and run again. A command that fails takes back its own changes alone.
/// </summary>
internal sealed class TransactionRunner(
    Keyspace keyspace, ShardGates gates, CallCommit commit, CallRunner calls, TimeProvider time)
{
    public ExecuteOutcome Execute(Transaction transaction, ISession session, RespWriter writer, CallTicket ticket)
    {
        if (ticket.Supplies.Failure is { } failure)
        {
            ticket.Finish();
            throw failure;
        }

        // Without keys of its own it still runs as one call, in some shard.
        ulong mask = ShardsOf(transaction, ticket);
        mask = mask == 0 ? 1 : mask;
        gates.Enter(mask);
        try
        {
            if (HoldBack(mask, transaction, ticket))
            {
                return ExecuteOutcome.Parked;
            }

            EngineCall call = keyspace.Calls[gates.First(mask).Index];
            call.Hint(default, 0, 0);
            if (keyspace.Leases is not null && LacksLeases(call, transaction, ticket.KeyIndexes))
            {
                return calls.ParkForData(call, ticket);
            }

            return Run(call, gates.First(mask), transaction, session, writer, ticket);
        }
        finally
        {
            gates.Leave(mask);
        }
    }

    private ulong ShardsOf(Transaction transaction, CallTicket ticket)
    {
        ulong mask = 0;
        for (int i = 0; i < transaction.Count; i++)
        {
            mask |= gates.Of(transaction.CommandAt(i), transaction.ArgsAt(i), ticket.KeyIndexes);
        }

        foreach (KeyWatch watch in transaction.Watches)
        {
            mask |= gates.Of(watch.Name);
        }

        foreach (ExpectedKey key in transaction.Expected)
        {
            mask |= gates.Of(key.Name);
        }

        return mask;
    }

    /// <summary>Notes all keys at once that other nodes have to be asked for. Watched ones are among them: what changed
    /// while there was no lease is noticed when they are brought in.</summary>
    private static bool LacksLeases(EngineCall call, Transaction transaction, List<int> indexes)
    {
        call.Needs.Clear();
        for (int i = 0; i < transaction.Count; i++)
        {
            CommandArgs args = transaction.ArgsAt(i);
            indexes.Clear();
            transaction.CommandAt(i).Keys.TryFind(args, indexes);
            foreach (int index in indexes)
            {
                call.RequireLease(args[index]);
            }
        }

        foreach (KeyWatch watch in transaction.Watches)
        {
            call.RequireLease(watch.Name);
        }

        foreach (ExpectedKey key in transaction.Expected)
        {
            call.RequireLease(key.Name);
        }

        return !call.Needs.IsEmpty;
    }

    private bool HoldBack(ulong mask, Transaction transaction, CallTicket ticket)
    {
        for (int i = 0; i < transaction.Count; i++)
        {
            if (gates.HoldBack(mask, transaction.CommandAt(i), transaction.ArgsAt(i), ticket))
            {
                return true;
            }
        }

        return false;
    }

    private ExecuteOutcome Run(
        EngineCall call, Shard first, Transaction transaction, ISession session, RespWriter writer, CallTicket ticket)
    {
        if (transaction.Watches.Any(watch => watch.HasChangedBy(keyspace.Clock.NowMilliseconds)))
        {
            return Abort(transaction, writer, ticket);
        }

        bool writes = transaction.Writes;
        if (writes && keyspace.WriteRefusal is { IsEmpty: false } refusal)
        {
            return Refuse(refusal, writer, ticket);
        }

        if (writes && !ticket.HasWaitedForMemory && keyspace.Memory.IsExceeded(first))
        {
            return keyspace.Memory.Park(ticket);
        }

        int mark = writer.Length;
        try
        {
            Dot dot = default;
            if (writes)
            {
                // Published before the tick, so that a closed stamp computed meanwhile stays below it.
                Volatile.Write(ref first.StampInFlight, keyspace.Clock.Last.Value + 1);
                dot = new Dot(keyspace.Clock.Tick(), keyspace.Origin);
            }

            long now = writes ? dot.Stamp.UnixMilliseconds : keyspace.Clock.NowMilliseconds;
            call.Begin(now, dot, readOnly: false, ticket, session, session.NoTouch, isTransaction: true);
            bool isExpected = IsExpected(call, transaction);
            if (!call.Needs.IsEmpty || !isExpected)
            {
                call.TakeBack();
                return call.Needs.IsEmpty ? Abort(transaction, writer, ticket) : calls.ParkForData(call, ticket);
            }

            writer.Array(transaction.Count);
            for (int i = 0; i < transaction.Count; i++)
            {
                RunStep(call, transaction, i, session, writer);
                if (!call.Needs.IsEmpty)
                {
                    call.TakeBack();
                    writer.RollBackTo(mark);
                    return calls.ParkForData(call, ticket);
                }
            }

            if (call.Effects.Body.Length > Limits.EntryBytesMax - JournalEntry.HeaderBytes)
            {
                call.TakeBack();
                writer.RollBackTo(mark);
                return Refuse(TooLarge, writer, ticket);
            }

            if (!commit.TryAppend(call, writes, ticket, first))
            {
                call.TakeBack();
                writer.RollBackTo(mark);
                return Refuse(RespErrors.DiskFull, writer, ticket);
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
        transaction.Track(session, areWrittenLater: true);
        commit.Conclude(call);
        transaction.Track(session, areWrittenLater: false);
        ticket.Finish();
        return ExecuteOutcome.Done;
    }

    private static bool IsExpected(EngineCall call, Transaction transaction)
    {
        bool isExpected = true;
        foreach (ExpectedKey key in transaction.Expected)
        {
            isExpected &= call.DigestOf(call.Open(key.Name)) == key.Digest;
        }

        return isExpected;
    }

    private static ExecuteOutcome Abort(Transaction transaction, RespWriter writer, CallTicket ticket)
    {
        transaction.IsAborted = true;
        writer.NilArray();
        ticket.Finish();
        return ExecuteOutcome.Done;
    }

    private void RunStep(EngineCall call, Transaction transaction, int index, ISession session, RespWriter writer)
    {
        CommandSpec command = transaction.CommandAt(index);
        if (transaction.ReplyAt(index) is { } reply)
        {
            writer.Raw(reply);
            return;
        }

        long started = time.GetTimestamp();
        int mark = writer.Length;
        CallSavepoint savepoint = call.BeginStep(command);

        // What would wait does not: in Redis's words, it behaves as if its timeout had passed.
        CallRetry retry = command.Has(CommandFlags.Blocking) ? CallRetry.TimedOut : CallRetry.None;
        Reply answer = command.Handler(
            new CommandCall(command, transaction.ArgsAt(index), call, writer, session, retry));
        byte[]? error = null;
        if (answer.IsError)
        {
            call.TakeBackTo(savepoint);
            writer.RollBackTo(mark);
            error = answer.Payload.ToArray();
        }

        Invariant.That(answer.Kind != ReplyKind.Wait, "a command in a transaction does not wait");
        writer.Write(answer);
        transaction.SetResult(index, new StepResult(time.GetTimestamp() - started, error));
        if (!command.CanRunAgain && call.Needs.IsEmpty)
        {
            transaction.SetReply(index, writer.Written[mark..]);
        }

        transaction.SetTracked(index, command.Has(CommandFlags.ReadOnly) && session.TracksReads);
    }

    private static ExecuteOutcome Refuse(ReadOnlySpan<byte> error, RespWriter writer, CallTicket ticket)
    {
        writer.Error(error);
        ticket.Finish();
        return ExecuteOutcome.Done;
    }

    private static byte[] TooLarge { get; } = Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"ERR a transaction may change at most {Limits.EntryBytesMax} bytes; nothing was changed"));
}
