using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;
using Marekvs.Abstractions.Storage;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>
/// The rest of an answer that lists a collection larger than memory, as it was at one moment: a scan over what the
/// store had then, merged with the elements of which memory knew better. Nobody waits for it but its client.
/// </summary>
/// <param name="kind">The elements' kind.</param>
/// <param name="scan">The store's elements; disposed with the stream.</param>
/// <param name="prefix">How much of a row's key comes before the suffix.</param>
/// <param name="changed">What memory knew better, in order; an empty record hides the store's.</param>
/// <param name="answer">Writes one element.</param>
internal sealed class ElementStream(
    RecordKind kind, IStoreScan scan, int prefix, List<StoredElement> changed, ElementAnswer answer) : IDisposable
{
    private const int PartBytes = 64 * 1024;

    private readonly Lock _gate = new();
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
            while (hasMore && writer.Length < PartBytes)
            {
                hasMore = WriteNext(writer);
            }

            return hasMore;
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
            : changed[_next].Suffix.AsSpan().SequenceCompareTo(scan.Key[prefix..]);
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
            answer(writer, ElementSuffix.NameIn(kind, suffix), EngineCall.View(state));
        }
    }
}
