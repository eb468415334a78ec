using System.Text;
using Marekvs.Abstractions.Modules;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Storage;
using Marekvs.Storage.Engine;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Marekvs.Testing;

/// <summary>
/// A real keyspace with some modules' commands, over a store in memory and a clock that stands still, without timers:
/// <c>keyspace.Run("SET k v EX 10")</c> answers <c>"+OK\r\n"</c>.
/// </summary>
public sealed class KeyspaceRunner : IAsyncDisposable
{
    /// <summary>Where the clock begins unless told otherwise: 2025-01-01T00:00:00Z.</summary>
    public const long StartMilliseconds = 1_735_689_600_000;

    private readonly RunnerSettings _settings;
    private TemporaryDirectory _directory = new();
    private IStore _store;
    private readonly List<string> _events = [];
    private long _connections;

    /// <summary>Opens an empty keyspace.</summary>
    /// <param name="modules">The modules whose commands and types it knows.</param>
    public KeyspaceRunner(params ReadOnlySpan<IModule> modules)
        : this(new SortedStore(), modules)
    {
    }

    /// <summary>Opens a keyspace over a store.</summary>
    /// <param name="store">The store; disposed with the keyspace.</param>
    /// <param name="modules">The modules whose commands and types it knows.</param>
    public KeyspaceRunner(IStore store, params ReadOnlySpan<IModule> modules)
        : this(new RunnerSettings(), store, modules)
    {
    }

    /// <summary>Opens a keyspace over a store.</summary>
    /// <param name="settings">How large and how divided it is.</param>
    /// <param name="store">The store; disposed with the keyspace.</param>
    /// <param name="modules">The modules whose commands and types it knows.</param>
    public KeyspaceRunner(RunnerSettings settings, IStore store, params ReadOnlySpan<IModule> modules)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        Time = new FakeTimeProvider(settings.Start ?? DateTimeOffset.FromUnixTimeMilliseconds(StartMilliseconds));
        _store = store;
        Modules = new ModuleTable(modules);
        Keyspace = Open();
        Connection = Connect();
    }

    /// <summary>The keyspace.</summary>
    public Keyspace Keyspace { get; private set; }

    /// <summary>The store under it.</summary>
    public IStore Store => _store;

    /// <summary>The commands and types.</summary>
    public ModuleTable Modules { get; }

    /// <summary>The clock.</summary>
    public FakeTimeProvider Time { get; }

    /// <summary>The connection <see cref="Run"/> uses.</summary>
    public KeyspaceConnection Connection { get; private set; }

    /// <summary>Unix milliseconds of the clock.</summary>
    public long Now => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Another client.</summary>
    public KeyspaceConnection Connect() => new(++_connections, Keyspace, Modules);

    /// <summary>Runs a command line as RESP2.</summary>
    /// <param name="line">See <see cref="CommandLine"/>.</param>
    /// <returns>The exact reply; bytes are the characters U+0000 to U+00FF.</returns>
    public string Run(string line) => Connection.Run(line);

    /// <summary>Runs a command line as RESP3.</summary>
    /// <param name="line">See <see cref="CommandLine"/>.</param>
    public string Run3(string line)
    {
        Connection.ProtocolVersion = 3;
        try
        {
            return Connection.Run(line);
        }
        finally
        {
            Connection.ProtocolVersion = 2;
        }
    }

    /// <summary>Moves the clock.</summary>
    /// <param name="milliseconds">How far.</param>
    public void Advance(long milliseconds) => Time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>The notifications raised since the last call, as <c>class event key</c>; the class is the letter
    /// that Redis's notify-keyspace-events has for it.</summary>
    public IReadOnlyList<string> TakeEvents()
    {
        lock (_events)
        {
            string[] taken = [.. _events];
            _events.Clear();
            return taken;
        }
    }

    /// <summary>Closes the keyspace and opens it again over the same store and journal, as a restart does.</summary>
    public async Task ReopenAsync()
    {
        await Keyspace.DisposeAsync();
        Keyspace = Open();
        Connection = Connect();
    }

    /// <summary>Opens copies of the journal and the store as they are now, as a start after <c>kill -9</c> does, and goes
    /// on with those.</summary>
    /// <param name="withinCheckpoint">See <see cref="SortedStore.Clone"/>.</param>
    public async Task CrashAsync(bool withinCheckpoint = false)
    {
        TemporaryDirectory journal = _directory;
        Keyspace crashed = Keyspace;
        _directory = new TemporaryDirectory();
        foreach (string file in Directory.GetFiles(journal.Path))
        {
            File.Copy(file, Path.Combine(_directory.Path, Path.GetFileName(file)));
        }

        _store = ((SortedStore)_store).Clone(withinCheckpoint);
        Keyspace = Open();
        Connection = Connect();
        await crashed.DisposeAsync();
        journal.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Keyspace.DisposeAsync();
        _directory.Dispose();
    }

    private Keyspace Open()
    {
        var options = new KeyspaceOptions
        {
            JournalDirectory = _directory.Path,
            Node = _settings.Node,
            SegmentBytes = _settings.SegmentBytes,
            RetainBytes = _settings.RetainBytes,
            ScrubRecordsPerSecond = _settings.ScrubRecordsPerSecond,
            Shards = _settings.Shards,
            MemoryMax = _settings.MemoryMax,
            ResidentElementsMax = _settings.ResidentElementsMax,
            CheckpointInterval = TimeSpan.FromSeconds(1),
            BackgroundWork = false,
            EventSink = Record,
        };
        var keyspace = Keyspace.Open(options, _store, Modules.Types, Time, new Random(1), NullLogger.Instance);
        keyspace.EnabledEvents = KeyspaceEvents.All | KeyspaceEvents.Keyevent | KeyspaceEvents.Keyspace;
        return keyspace;
    }

    private void Record(KeyspaceEvents eventClass, string eventName, ReadOnlySpan<byte> name)
    {
        lock (_events)
        {
            _events.Add($"{LetterOf(eventClass)} {eventName} {Encoding.Latin1.GetString(name)}");
        }
    }

    private static char LetterOf(KeyspaceEvents eventClass) => eventClass switch
    {
        KeyspaceEvents.Generic => 'g',
        KeyspaceEvents.String => '$',
        KeyspaceEvents.List => 'l',
        KeyspaceEvents.Set => 's',
        KeyspaceEvents.Hash => 'h',
        KeyspaceEvents.SortedSet => 'z',
        KeyspaceEvents.Expired => 'x',
        KeyspaceEvents.Evicted => 'e',
        KeyspaceEvents.Stream => 't',
        KeyspaceEvents.KeyMiss => 'm',
        KeyspaceEvents.Module => 'd',
        KeyspaceEvents.New => 'n',
        _ => throw new ArgumentOutOfRangeException(nameof(eventClass), eventClass, "a notification has one class"),
    };
}

/// <summary>How large a <see cref="KeyspaceRunner"/>'s keyspace is and how it is divided.</summary>
/// <param name="Shards">Shards.</param>
/// <param name="MemoryMax">Bytes that resident data may take.</param>
/// <param name="SegmentBytes">Bytes of a journal segment.</param>
/// <param name="Start">Where the clock begins.</param>
/// <param name="ResidentElementsMax">Elements up to which a collection is resident as a whole.</param>
/// <param name="Node">The node's number.</param>
/// <param name="RetainBytes">Journal kept for peers.</param>
/// <param name="ScrubRecordsPerSecond">Records whose digests are checked in a second.</param>
public sealed record RunnerSettings(
    int Shards = 2,
    long MemoryMax = 1L << 30,
    int SegmentBytes = 1024 * 1024,
    DateTimeOffset? Start = null,
    int ResidentElementsMax = 4096,
    ushort Node = 1,
    long RetainBytes = 1L << 30,
    int ScrubRecordsPerSecond = 0);
