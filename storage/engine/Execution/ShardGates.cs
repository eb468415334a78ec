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
    public ulong Of(ReadOnlySpan<byte> name) => 1UL << (KeyAddress.PartitionOf(name) % shards.Length);

    /// <summary>The shards of a command's keys; 0 when it has none.</summary>
    /// <param name="command">The row.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="indexes">Scratch.</param>
    public ulong Of(CommandSpec command, CommandArgs args, List<int> indexes)
    {
        if (command.Has(CommandFlags.WholeKeyspace))
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
}
