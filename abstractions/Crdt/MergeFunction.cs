namespace Marekvs.Abstractions.Crdt;

/// <summary>
/// Joins two payloads of one record kind. It must be pure, total, deterministic, commutative, associative and
/// idempotent: it runs on every node, in any order, any number of times. The dots around the payloads decide whether
/// the record exists; this decides only what it holds.
/// </summary>
/// <param name="left">One payload.</param>
/// <param name="right">Another payload of the same record.</param>
/// <param name="joined">Receives the least upper bound.</param>
/// <exception cref="RecordFormatException">A payload does not decode; the batch it came in is refused.</exception>
public delegate void MergeFunction(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, RecordWriter joined);
