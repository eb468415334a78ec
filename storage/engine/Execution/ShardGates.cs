using System.Numerics;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>The shards a call has to enter, as a mask with bit i for shard i. All are entered in the order of their
/// index, so that two calls cannot wait for each other.</summary>
internal sealed class ShardGates(Shard[] shards)
{
    /// <summary>How many shards a mask can name.</summary>
    public const int ShardsMax = 64;

    /// <summary>All shards.</summary>
    public ulong All { get; } = ulong.MaxValue >> (ShardsMax - shards.Length);

    /// <summary>The first shard of a mask.</summary>
    public Shard First(ulong mask) => shards[BitOperations.TrailingZeroCount(mask)];

    /// <summary>The shard of a key.</summary>
    public ulong Of(ReadOnlySpan<byte> name) => 1UL << ShardOf(name).Index;

    /// <summary>The shards of a command's keys; 0 when it has none.</summary>
    /// <param name="command">The row.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="indexes">Scratch.</param>
    public ulong Of(CommandSpec command, CommandArgs args, List<int> indexes)
    {
        if (EntersAll(command, args))
        {
            return All;
        }

        indexes.Clear();
        ulong mask = 0;
        if (command.Keys.TryFind(args, indexes))
        {
            foreach (int index in indexes)
            {
                mask |= Of(args[index]);
            }
        }

        return mask;
    }

    /// <summary>Puts a call aside when another that waited for one of its keys has its turn there; the gates are held.
    /// </summary>
    /// <param name="mask">Where the keys are.</param>
    /// <param name="command">The row.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="ticket">The call's.</param>
    /// <returns>False when the call may run.</returns>
    public bool HoldBack(ulong mask, CommandSpec command, CommandArgs args, CallTicket ticket)
    {
        // Who has its turn at one key does not wait for another's at the next: two could wait for each other.
        if (!HasTurns(mask) || ticket.HasTurn || EntersAll(command, args))
        {
            return false;
        }

        ticket.KeyIndexes.Clear();
        command.Keys.TryFind(args, ticket.KeyIndexes);
        foreach (int index in ticket.KeyIndexes)
        {
            ReadOnlySpan<byte> name = args[index];
            if (ShardOf(name).Waiters.HoldBack(name, ticket))
            {
                return true;
            }
        }

        return false;
    }

    public void Enter(ulong mask)
    {
        foreach (Shard shard in shards)
        {
            if ((mask >> shard.Index & 1) == 1)
            {
                shard.Gate.Enter();
            }
        }
    }

    public void Leave(ulong mask)
    {
        foreach (Shard shard in shards)
        {
            if ((mask >> shard.Index & 1) == 1)
            {
                shard.Gate.Exit();
            }
        }
    }

    private static bool EntersAll(CommandSpec command, CommandArgs args) =>
        command.Has(CommandFlags.WholeKeyspace) || command.Keys.HasUnnamed?.Invoke(args) == true;

    private Shard ShardOf(ReadOnlySpan<byte> name) => shards[KeyAddress.PartitionOf(name) % shards.Length];

    private bool HasTurns(ulong mask)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            if (First(mask).Waiters.Turns > 0)
            {
                return true;
            }
        }

        return false;
    }
}
