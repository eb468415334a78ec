using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Tests.History;

/// <summary>Says what a history must come to from cause and effect alone, without clocks, vectors or merges: what
/// nobody removed in knowledge of it is there.</summary>
public sealed class Oracle
{
    private readonly List<Operation> _operations = [];

    public int Add(Operation operation)
    {
        _operations.Add(operation);
        return _operations.Count - 1;
    }

    public Operation this[int id] => _operations[id];

    /// <summary>What a replica that knows certain operations would cover by replacing certain keys.</summary>
    public HashSet<int> Known(IReadOnlySet<int> known, Func<int, bool> isKey, params OperationKind[] kinds) =>
        [.. known.Where(id => kinds.Contains(_operations[id].Kind) && isKey(_operations[id].Key))];

    public KeyView View(int key)
    {
        var covered = new HashSet<int>(_operations.SelectMany(o => o.Covered));
        var coveredDeadlines = new HashSet<int>(_operations.SelectMany(o => o.CoveredDeadlines));
        var dots = new List<Dot>();
        bool hasCounter = false;
        Int128 sum = 0;
        long deadline = long.MinValue;
        for (int id = 0; id < _operations.Count; id++)
        {
            Operation operation = _operations[id];
            if (operation.Key != key)
            {
                continue;
            }

            bool isLeft = !covered.Contains(id);
            if (operation.Kind == OperationKind.Put && isLeft)
            {
                dots.Add(operation.Dot);
            }
            else if (operation.Kind == OperationKind.Increment && isLeft)
            {
                hasCounter = true;
                sum += operation.Amount;
            }

            if (operation.Kind is OperationKind.Put or OperationKind.Expire && !coveredDeadlines.Contains(id))
            {
                deadline = Math.Max(deadline, operation.Deadline);
            }
        }

        return dots.Count == 0 && !hasCounter
            ? KeyView.Absent
            : new KeyView(
                string.Join(' ', dots.Order()), hasCounter, sum, deadline == long.MinValue ? Cell.NoDeadline : deadline);
    }
}
