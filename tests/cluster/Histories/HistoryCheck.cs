using System.Globalization;

namespace Marekvs.Cluster.Tests.Histories;

/// <summary>
/// Compares what clients recorded with what the nodes hold after all links are whole, and knows nothing of how nodes
/// come to agree. A call without an answer may have happened or not, and late; everything else is certain.
/// </summary>
internal static class HistoryCheck
{
    private const int ContradictionsShown = 20;

    /// <summary>Every contradiction; empty when all is well.</summary>
    public static IReadOnlyList<string> Contradictions(IReadOnlyList<Operation> history, ObservedState state)
    {
        var uncertain = history.Where(o => o.Outcome == Outcome.Indeterminate).Select(o => o.Value).ToHashSet();
        return
        [
            .. history.GroupBy(o => o.Place).SelectMany(place => PlaceContradictions(place.Key, [.. place], state)),
            .. history.GroupBy(o => (o.Client, o.Session, o.Place))
                .SelectMany(session => SessionContradictions([.. session], uncertain)),
        ];
    }

    /// <summary>The contradictions as a text for people.</summary>
    public static string Describe(IReadOnlyList<string> contradictions) =>
        $"{contradictions.Count} contradictions:\n{string.Join('\n', contradictions.Take(ContradictionsShown))}";

    private static IEnumerable<string> PlaceContradictions(
        string place, IReadOnlyList<Operation> operations, ObservedState state)
    {
        if (operations.Any(o => o.Verb == Verb.Increment))
        {
            return CounterContradictions(place, operations, state.Values.GetValueOrDefault(place, "0"));
        }

        return operations.Any(o => o.Verb == Verb.Add)
            ? CollectionContradictions(place, operations, state.Elements(place))
            : RegisterContradictions(place, operations, state.Values.GetValueOrDefault(place));
    }

    private static IEnumerable<string> CounterContradictions(
        string place, IReadOnlyList<Operation> operations, string observed)
    {
        long least = operations.Count(o => o.Outcome == Outcome.Acknowledged);
        long most = least + operations.Count(o => o.Outcome == Outcome.Indeterminate);
        if (!long.TryParse(observed, out long value) || value < least || value > most)
        {
            yield return $"{place} is {observed}, which is not in {least}..{most}";
        }
    }

    private static IEnumerable<string> CollectionContradictions(
        string place, IReadOnlyList<Operation> operations, IReadOnlyList<string> observed)
    {
        var there = observed.CountBy(element => element).ToDictionary();
        var added = operations.Where(o => o.Verb == Verb.Add && o.Outcome != Outcome.Failed)
            .ToDictionary(o => o.Value, o => o.Outcome);
        var removed = operations.Where(o => o.Verb == Verb.Remove && o.Outcome != Outcome.Failed && o.Answer != "0")
            .GroupBy(o => o.Value).ToDictionary(g => g.Key, g => g.Min(o => o.Outcome));
        foreach ((string element, int count) in there)
        {
            if (!added.ContainsKey(element))
            {
                yield return $"{place} holds {element}, which nobody added";
            }
            else if (count > 1)
            {
                yield return $"{place} holds {element} {count} times";
            }
            else if (removed.TryGetValue(element, out Outcome outcome) && outcome == Outcome.Acknowledged)
            {
                yield return $"{place} holds {element}, which was removed";
            }
        }

        foreach ((string element, Outcome outcome) in added)
        {
            if (outcome == Outcome.Acknowledged && !there.ContainsKey(element) && !removed.ContainsKey(element))
            {
                yield return $"{place} lacks {element}";
            }
        }
    }

    private static IEnumerable<string> RegisterContradictions(
        string place, IReadOnlyList<Operation> operations, string? observed)
    {
        Operation[] writes = [.. operations.Where(o => o.Verb == Verb.Write && o.Outcome != Outcome.Failed)];
        if (observed is null)
        {
            return writes.Any(o => o.Outcome == Outcome.Acknowledged) ? [$"{place} is gone"] : [];
        }

        if (writes.All(o => o.Value != observed))
        {
            return [$"{place} is {observed}, which nobody wrote"];
        }

        // Of writers side by side any may be the last; one alone knows what it wrote last.
        Operation? last = writes.LastOrDefault(o => o.Outcome == Outcome.Acknowledged);
        bool isLost = writes.DistinctBy(o => o.Client).Count() == 1 && last is not null && last.Value != observed &&
            writes.All(o => o.Value != observed || o.Outcome == Outcome.Acknowledged);
        return isLost ? [$"{place} is {observed} and not {last!.Value}, which was written later"] : [];
    }

    /// <summary>What one connection may not see: a counter that does not grow, an earlier value of its own in place of
    /// its last one, a value that was there, went, and is there again.</summary>
    private static IEnumerable<string> SessionContradictions(
        IReadOnlyList<Operation> operations, HashSet<string> uncertain)
    {
        long counter = long.MinValue;
        string? written = null;
        string? seen = null;
        HashSet<string> gone = [];
        foreach (Operation operation in operations.Where(o => o.Outcome == Outcome.Acknowledged))
        {
            string who = $"client {operation.Client}, connection {operation.Session}, {operation.Place}";
            switch (operation.Verb)
            {
                case Verb.Increment:
                    long now = long.Parse(operation.Answer!, CultureInfo.InvariantCulture);
                    if (now <= counter)
                    {
                        yield return $"{who}: {now} after {counter}";
                    }

                    counter = now;
                    break;
                case Verb.Write:
                    written = operation.Value;
                    Leave(operation.Value);
                    break;
                case Verb.Read:
                    string? read = operation.Answer;
                    if (read is null ? seen is not null : gone.Contains(read))
                    {
                        yield return $"{who}: {read ?? "nothing"} is back after {seen}";
                    }
                    else if (written is not null && read != written && !uncertain.Contains(read!) &&
                        read!.StartsWith($"{operation.Client}:", StringComparison.Ordinal))
                    {
                        yield return $"{who}: {read} after this connection wrote {written}";
                    }

                    Leave(read);
                    break;
            }
        }

        void Leave(string? value)
        {
            if (seen is not null && value != seen)
            {
                gone.Add(seen);
            }

            seen = value;
        }
    }
}
