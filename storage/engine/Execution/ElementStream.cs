using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;
using Marekvs.Abstractions.Storage;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>
/// The rest of an answer that lists elements of a collection larger than memory, as it was at one moment: a scan over what the
/// store had then, merged with the elements of which memory knew better. Nobody waits for it but its client.
/// </summary>
/// <param name="kind">The elements' kind.</param>
/// <param name="scan">The store's elements, in the direction of the range; disposed with the stream.</param>
/// <param name="prefix">How much of a row's key comes before the suffix.</param>
/// <param name="changed">What memory knew better, in order; an empty record hides the store's.</param>
/// <param name="range">How many are wanted, and in which direction.</param>
/// <param name="answer">Writes one element.</param>
internal sealed class ElementStream(
    RecordKind kind,
    IStoreScan scan,
    int prefix,
    List<StoredElement> changed,
    ElementRange range,
    ElementAnswer answer) : IDisposable
{
    private const int PartBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private long _left = range.Count;
    private int _next;
    private bool _hasRow;
    private bool _isStarted;
    private bool _isDisposed;

    /// <summary>Writes elements until a part is full.</summary>
    /// <returns>False when that was the last part.</returns>
    /// <exception cref="StorageException">The store failed, or the node is shutting down.</exception>
    public bool WritePart(RespWriter writer)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                throw new StorageException("the store was closed");
            }

            if (!_isStarted)
            {
                _isStarted = true;
                _hasRow = scan.MoveNext();
            }

            bool hasMore = true;
            while (hasMore && _left > 0 && writer.Length < PartBytes)
            {
                hasMore = WriteNext(writer);
            }

            return hasMore && _left > 0;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            scan.Dispose();
        }
    }

    private bool WriteNext(RespWriter writer)
    {
        bool hasChanged = _next < changed.Count;
        if (!_hasRow && !hasChanged)
        {
            return false;
        }

        int order = !_hasRow ? -1
            : !hasChanged ? 1
            : changed[_next].Suffix.AsSpan().SequenceCompareTo(scan.Key[prefix..]) * (range.Reverse ? -1 : 1);
        if (order <= 0)
        {
            Answer(writer, changed[_next].Suffix, changed[_next].State);
            _next++;
        }
        else
        {
            Answer(writer, scan.Key[prefix..], RecordState.Read(scan.Value));
        }

        if (order >= 0)
        {
            _hasRow = scan.MoveNext();
        }

        return true;
    }

    private void Answer(RespWriter writer, ReadOnlySpan<byte> suffix, in RecordState state)
    {
        if (state.IsVisible)
        {
            _left--;
            answer(writer, ElementSuffix.NameIn(kind, suffix), EngineCall.View(state));
        }
    }
}
