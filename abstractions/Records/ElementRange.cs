namespace Marekvs.Abstractions.Records;

/// <summary>Elements of one kind that follow one another.</summary>
/// <param name="First">The rank of the first that is wanted, counted from the smallest.</param>
/// <param name="Count">How many are wanted.</param>
/// <param name="Reverse">Whether they are wanted from the first down.</param>
public readonly record struct ElementRange(long First, long Count, bool Reverse = false);
