using CsCheck;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Tests.Crdt;

/// <summary>One step of a history of one element on three replicas.</summary>
/// <param name="Replica">Who writes.</param>
/// <param name="Kind">What: see <see cref="ReachableStates"/>.</param>
/// <param name="Number">An amount or a deadline.</param>
/// <param name="Reach">A bit for each replica the delta reaches at once.</param>
public readonly record struct HistoryStep(int Replica, int Kind, int Number, int Reach);

/// <summary>
/// States that replicas can really be in. Laws hold for these and need not hold for others: a made-up record can claim
/// that an origin wrote two things at one stamp.
/// </summary>
public static class ReachableStates
{
    private const int Replicas = 3;

    public static Gen<HistoryStep[]> Histories { get; } =
        Gen.Select(Gen.Int[0, Replicas - 1], Gen.Int[0, 8], Gen.Int[-9, 9], Gen.Int[0, 7])
            .Select((replica, kind, number, reach) => new HistoryStep(replica, kind, number, reach))
            .Array[0, 24];

    /// <summary>Runs a history and gives what each replica holds.</summary>
    public static Cell[] Run(HistoryStep[] steps)
    {
        Cell[] cells = [new(), new(), new()];
        ulong stamp = 1000;
        foreach (HistoryStep step in steps)
        {
            var dot = new Dot(new Stamp(stamp += 3), new Origin((ushort)(step.Replica + 1), 1));
            Cell delta = Write(cells[step.Replica], dot, step);
            for (int i = 0; i < Replicas; i++)
            {
                if (i == step.Replica || (step.Reach & (1 << i)) != 0)
                {
                    cells[i].Join(delta);
                }
            }
        }

        return cells;
    }

    public static byte[] Encode(Cell cell)
    {
        var writer = new RecordWriter();
        cell.Write(writer);
        return writer.Written.ToArray();
    }

    public static Cell Join(Cell left, Cell right)
    {
        Cell joined = left.Clone();
        joined.Join(right);
        return joined;
    }

    private static Cell Write(Cell current, Dot dot, HistoryStep step)
    {
        byte[] payload = [(byte)dot.Stamp.Value, (byte)step.Number];
        return step.Kind switch
        {
            0 => CellDelta.Put(current, dot, payload),
            1 => CellDelta.Put(current, dot, payload, DotState.Live, 5000 + step.Number),
            2 when step.Number % 3 == 0 => CellDelta.Put(current, dot, default, DotState.Final),
            2 => CellDelta.Put(current, dot, payload, (DotState)(1 + (Math.Abs(step.Number) % 5))),
            3 => CellDelta.Remove(current, dot),
            4 => CellDelta.Increment(current, dot, new CounterSum((Int128)step.Number)),
            5 => CellDelta.Increment(current, dot, new CounterSum(step.Number / 10m)),
            6 => CellDelta.Increment(current, dot, new CounterSum(step.Number / 3.0)),
            7 => CellDelta.Expire(current, dot, 5000 + step.Number),
            _ => CellDelta.Expire(current, dot, Cell.NoDeadline),
        };
    }
}
