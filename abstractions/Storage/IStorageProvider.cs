using Microsoft.Extensions.Logging;

namespace Marekvs.Abstractions.Storage;

/// <summary>Opens stores of one make. Found by <c>MarekvsPlugin</c>, chosen by name in <c>modules.json</c>.</summary>
public interface IStorageProvider
{
    /// <summary>The name configuration uses.</summary>
    string Name { get; }

    /// <summary>The settings the provider knows; the host refuses others and fills in defaults.</summary>
    IReadOnlyList<ProviderSetting> Settings { get; }

    /// <summary>Opens the store in a directory, creating it when empty.</summary>
    /// <param name="context">Where, and with what settings.</param>
    /// <returns>The open store; the caller disposes it.</returns>
    /// <exception cref="StorageException">It cannot be opened; the message says what to do.</exception>
    IStore Open(StorageContext context);
}

/// <summary>
/// Ordered byte keys, nothing more: a store knows nothing of Redis or CRDTs. Keys are ordered as unsigned bytes.
/// Reads may come from many threads at once and see whole batches only; <see cref="Commit"/>, <see cref="Flush"/> and
/// Dispose come from one thread at a time. The journal replays what a crash took, so a store needs no log of its own:
/// after a crash it must hold every batch up to some point, whole, and none after it.
/// </summary>
public interface IStore : IDisposable
{
    /// <summary>The watermark of the newest batch the store holds, 0 for a new store.</summary>
    ulong Watermark { get; }

    /// <summary>The watermark a crash of the process or machine could not undo.</summary>
    ulong DurableWatermark { get; }

    /// <summary>Bytes the store takes on disk, about.</summary>
    long SizeBytes { get; }

    /// <summary>Reads one value.</summary>
    /// <param name="key">0 B to 16 MiB and more.</param>
    /// <returns>The value, or null.</returns>
    /// <exception cref="StorageException">The store failed.</exception>
    byte[]? Get(ReadOnlySpan<byte> key);

    /// <summary>Opens a scan over a snapshot: what is committed later is not seen.</summary>
    /// <param name="from">Inclusive lower bound.</param>
    /// <param name="to">Exclusive upper bound; empty for none.</param>
    /// <param name="reverse">From the greatest key down.</param>
    /// <returns>A scan before its first row; the caller uses it on one thread at a time and disposes it.</returns>
    /// <exception cref="StorageException">The store failed.</exception>
    IStoreScan Scan(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, bool reverse = false);

    /// <summary>Applies a batch whole or not at all, in its order, with its watermark.</summary>
    /// <param name="batch">The batch; not kept.</param>
    /// <exception cref="StorageException">The store failed; nothing was applied.</exception>
    void Commit(WriteBatch batch);

    /// <summary>Makes everything committed survive a crash; raises <see cref="DurableWatermark"/>.</summary>
    /// <exception cref="StorageException">The store failed.</exception>
    void Flush();
}

/// <summary>A walk over rows in key order.</summary>
public interface IStoreScan : IDisposable
{
    /// <summary>The current key; valid until the next step.</summary>
    ReadOnlySpan<byte> Key { get; }

    /// <summary>The current value; valid until the next step.</summary>
    ReadOnlySpan<byte> Value { get; }

    /// <summary>Goes to the next row.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="StorageException">The store failed.</exception>
    bool MoveNext();
}

/// <summary>What a provider gets to open a store.</summary>
/// <param name="Path">A directory that belongs to the store alone; exists.</param>
/// <param name="Settings">Every setting the provider declared, with its value or default.</param>
/// <param name="Logger">Where the provider reports.</param>
public sealed record StorageContext(string Path, ProviderSettings Settings, ILogger Logger);

/// <summary>A store failed: the command that needed it gets an error, the node goes on.</summary>
/// <param name="message">What failed and what to do.</param>
/// <param name="inner">The provider's own exception.</param>
public sealed class StorageException(string message, Exception? inner = null) : Exception(message, inner);
