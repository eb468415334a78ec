using System.Globalization;
using System.Net.Sockets;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Cluster.Tests.Histories;

/// <summary>
/// A client that writes and reads all day and records every call: counters, collections and registers that all clients
/// share, and registers of its own. When its connection breaks it connects anew, to the next node it knows that serves.
/// </summary>
/// <param name="nodes">Where it may connect, in this order.</param>
/// <param name="number">Tells its elements and values from those of others.</param>
internal sealed class RecordingClient(IReadOnlyList<NodeProcess> nodes, int number) : IDisposable
{
    /// <summary>So many clients leave the machine time for the nodes.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(20);

    private readonly List<Operation> _history = [];
    private readonly ManualResetEventSlim _stop = new();
    private readonly Random _random = new(number);
    private readonly Queue<(string Place, string Element)> _removable = [];
    private Task _running = Task.CompletedTask;
    private int _session;
    private int _made;

    /// <summary>To be read when it has stopped.</summary>
    public IReadOnlyList<Operation> History => _history;

    /// <summary>The longest time without a node that served.</summary>
    public TimeSpan LongestOutage { get; private set; }

    /// <summary>Begins, on a thread of its own: the pool may be slow to give one.</summary>
    public void Start() => _running = Task.Factory.StartNew(
        Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public async Task StopAsync()
    {
        _stop.Set();
        await _running;
    }

    public void Dispose() => _stop.Dispose();

    private void Run()
    {
        long? brokenAt = null;
        for (int attempt = 0; !_stop.IsSet; attempt++)
        {
            try
            {
                using RespClient client = nodes[attempt % nodes.Count].Connect();
                if (client.Call("PING").IsError)
                {
                    // It is joining or being drained.
                    _stop.Wait(Retry);
                    continue;
                }

                _session++;
                NoteOutage(brokenAt);
                brokenAt = null;
                while (!_stop.IsSet)
                {
                    DoOne(client);
                    _stop.Wait(Pace);
                }
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                brokenAt ??= TimeProvider.System.GetTimestamp();
                _stop.Wait(Retry);
            }
        }
    }

    private void NoteOutage(long? brokenAt)
    {
        if (brokenAt is long since && TimeProvider.System.GetElapsedTime(since) is var outage && outage > LongestOutage)
        {
            LongestOutage = outage;
        }
    }

    private void DoOne(RespClient client)
    {
        string fresh = string.Create(CultureInfo.InvariantCulture, $"{number}:{_made++}");
        string own = SharedPlaces.Own(number);
        string shared = SharedPlaces.Register(_random.Next(2));
        (string key, string field) = SharedPlaces.Field(number, _random.Next(20));
        switch (_random.Next(12))
        {
            case 0:
            case 1:
                string counter = SharedPlaces.Counter(_random.Next(2));
                Do(client, Verb.Increment, counter, fresh, "INCR", counter);
                break;
            case 2:
                Do(client, Verb.Increment, SharedPlaces.FieldCounter, fresh,
                    "HINCRBY", SharedPlaces.FieldCounterKey, SharedPlaces.FieldCounterField, "1");
                break;
            case 3:
                Add(client, SharedPlaces.Set, fresh, "SADD", SharedPlaces.Set, fresh);
                break;
            case 4:
                Add(client, SharedPlaces.Zset, fresh, "ZADD", SharedPlaces.Zset, $"{_made}", fresh);
                break;
            case 5:
                Do(client, Verb.Add, SharedPlaces.List, fresh, "RPUSH", SharedPlaces.List, fresh);
                break;
            case 6:
                Do(client, Verb.Add, SharedPlaces.Stream, fresh, "XADD", SharedPlaces.Stream, "*", "v", fresh);
                break;
            case 7 when _removable.Count > 10:
                Remove(client);
                break;
            case 8:
                Do(client, Verb.Write, own, fresh, "SET", own, fresh);
                break;
            case 9:
                Do(client, Verb.Write, $"{key}/{field}", fresh, "HSET", key, field, fresh);
                Do(client, Verb.Read, $"{key}/{field}", "", "HGET", key, field);
                break;
            case 10:
                Do(client, Verb.Write, shared, fresh, "SET", shared, fresh);
                break;
            default:
                Do(client, Verb.Read, own, "", "GET", own);
                Do(client, Verb.Read, shared, "", "GET", shared);
                break;
        }
    }

    private void Add(RespClient client, string place, string element, params string[] command)
    {
        if (Do(client, Verb.Add, place, element, command) == Outcome.Acknowledged)
        {
            _removable.Enqueue((place, element));
        }
    }

    private void Remove(RespClient client)
    {
        (string place, string element) = _removable.Dequeue();
        Do(client, Verb.Remove, place, element, place == SharedPlaces.Set ? "SREM" : "ZREM", place, element);
    }

    private Outcome Do(RespClient client, Verb verb, string place, string value, params string[] command)
    {
        // What breaks off leaves the entry as it is.
        int entry = _history.Count;
        _history.Add(new Operation(number, _session, verb, place, value, Outcome.Indeterminate, null));
        RespReply reply = client.Call(command);
        Outcome outcome = reply.IsError ? Outcome.Failed : Outcome.Acknowledged;
        _history[entry] = _history[entry] with { Outcome = outcome, Answer = reply.TextOrNull };
        return outcome;
    }
}
