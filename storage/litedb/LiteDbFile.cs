using LiteDB;
using LiteDB.Engine;

namespace Marekvs.Storage.LiteDb;

/// <summary>The open database and the three collections in it.</summary>
internal sealed class LiteDbFile : IDisposable
{
    private const int PageBytes = 8192;
    private readonly LiteEngine _engine;
    private readonly Collection _states;

    /// <summary>Opens or creates the database; throws whatever LiteDB throws.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isRepair">Opened again after a failure: a full disk must not keep readers out, so what would write
    /// is left for later.</param>
    public LiteDbFile(string path, bool isRepair)
    {
        _engine = new LiteEngine(new EngineSettings { Filename = path });
        try
        {
            // When to move the log into the file is the store's decision, which first sees to it that there is room.
            if (_engine.Pragma("CHECKPOINT").AsInt32 != 0)
            {
                _engine.Pragma("CHECKPOINT", 0);
            }

            _states = new Collection(_engine, "state");
            Rows = new RowTree(_engine);

            if (!isRepair)
            {
                // Brings in what the log holds; after that the file must have all pages its header counts.
                _engine.Checkpoint();
                CheckLength();
            }

            State = StoreState.Read(_states);
        }
        catch
        {
            _engine.Dispose();
            throw;
        }
    }

    public RowTree Rows { get; }

    public StoreState State { get; private set; }

    /// <summary>Applies changes and the store's state in one transaction.</summary>
    /// <param name="apply">Makes the changes.</param>
    /// <param name="watermark">The watermark after them.</param>
    public void Commit(Action<RowTree> apply, ulong watermark)
    {
        _engine.BeginTrans();
        (Rows.NextNode, Rows.NextValue) = (State.NextNode, State.NextValue);
        apply(Rows);
        var after = new StoreState(watermark, State.Commits + 1, Rows.NextNode, Rows.NextValue);
        after.Write(_states);
        _engine.Commit();
        State = after;
    }

    /// <summary>Moves what the log holds into the file and waits until it is on disk.</summary>
    public void Checkpoint() => _engine.Checkpoint();

    public void Dispose() => _engine.Dispose();

    private void CheckLength()
    {
        using IBsonDataReader reader = _engine.Query("$database", new Query());
        if (reader.Read() && reader.Current.AsDocument is { } database &&
            database["dataFileSize"].AsInt64 < (database["lastPageID"].AsInt64 + 1) * PageBytes)
        {
            throw new InvalidDataException("the file is cut short");
        }
    }
}
