namespace Marekvs.Cluster.Tests.Histories;

/// <summary>What a node holds in the end.</summary>
/// <param name="Values">Counters and registers by place.</param>
/// <param name="Collections">Elements by place, in their order.</param>
internal sealed record ObservedState(
    IReadOnlyDictionary<string, string> Values, IReadOnlyDictionary<string, IReadOnlyList<string>> Collections)
{
    /// <summary>Whether two nodes hold the same.</summary>
    public bool Matches(ObservedState other) => DifferenceTo(other) is null;

    /// <summary>The first place in which two nodes differ, or null.</summary>
    public string? DifferenceTo(ObservedState other) =>
        Values.Keys.Union(other.Values.Keys).FirstOrDefault(place =>
            Values.GetValueOrDefault(place) != other.Values.GetValueOrDefault(place))
        ?? Collections.Keys.Union(other.Collections.Keys).FirstOrDefault(place =>
            !Elements(place).SequenceEqual(other.Elements(place)));

    /// <summary>The elements of a collection.</summary>
    public IReadOnlyList<string> Elements(string place) => Collections.GetValueOrDefault(place, []);
}
