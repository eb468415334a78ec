using System.Globalization;
using Marekvs.Testing;

namespace Marekvs.EndToEnd.Survival;

/// <summary>One writer: chooses commands from a seed and checks the answers.</summary>
internal sealed class Writer
{
    private const int BurstMax = 32;
    private const int ElementsOfAKey = 8;
    private const int AppendBytesMax = 3000;
    private const int FarMilliseconds = 3_600_000;
    private const int NearMillisecondsMax = 400;

    private readonly ConnectionHistory _own;
    private readonly SharedHistory _shared;
    private readonly string _name;
    private readonly bool _checkpoints;
    private readonly Random _random;
    private readonly CommandBuffer _burst = new();
    private readonly Queue<Action<RespReply>> _expected = new();
    private long _sequence;

    public Writer(ConnectionHistory own, SharedHistory shared, int index, int seed, bool checkpoints)
    {
        _own = own;
        _shared = shared;
        _checkpoints = checkpoints;
        _name = $"w{index}";
        _random = new Random((seed * 31) + index);
        _sequence = (long)seed << 32;
    }

    public bool AwaitsReply => _expected.Count > 0;

    /// <summary>The bytes of some commands, entered into the history as sent.</summary>
    public ReadOnlySpan<byte> NextBurst()
    {
        _burst.Clear();
        for (int left = _random.Next(1, BurstMax); left > 0; left--)
        {
            Choose();
        }

        return _burst.Written;
    }

    /// <summary>Checks the reply to the oldest command in flight and enters it as acknowledged.</summary>
    public void Take(RespReply reply) => _expected.Dequeue()(reply);

    private void Choose()
    {
        switch (_random.Next(1000))
        {
            case < 640:
                Send(AnyWrite());
                break;
            case < 720:
                SendTransaction([.. Enumerable.Range(0, _random.Next(1, 6)).Select(_ => AnyWrite())]);
                break;
            case < 760:
                long soon = Now() + _random.Next(1, NearMillisecondsMax);
                Place brief = _random.Next(2) == 0 ? Own("brief", 10) : Field("briefs", 2);
                Send(new PlaceWrite(WriteVerb.Set, [brief], NextValue(), soon), checkReply: false);
                break;
            case < 860:
                IncrementShared(_random.Next(_shared.Counters));
                break;
            case < 930:
                SetSharedPair(_random.Next(_shared.Pairs));
                break;
            case 999 when _checkpoints:
                // A kill during a checkpoint is the interesting one.
                _burst.Add("BGSAVE");
                _expected.Enqueue(_ => { });
                break;
            default:
                Read(Own("set", 40));
                break;
        }
    }

    private PlaceWrite AnyWrite() => _random.Next(3) switch
    {
        0 => FieldWrite(),
        1 when _random.Next(2) == 0 => _random.Next(2) == 0 ? MemberWrite() : ScoreWrite(),
        _ => KeyWrite(),
    };

    private PlaceWrite KeyWrite() => _random.Next(520) switch
    {
        < 170 => new(WriteVerb.Set, [Own("set", 40)], NextValue()),
        < 230 => new(WriteVerb.Set, [Place.Of($"{_name}:unique:{++_sequence}")], NextValue()),
        < 300 => new(WriteVerb.Increment, [Own("counter", 6)]),
        < 350 => AppendWrite(Own("append", 6)),
        < 400 => new(WriteVerb.Set, [.. Triple($"{_name}:triple:{_random.Next(5)}")], NextValue()),
        < 450 => new(WriteVerb.Delete, [Own(_random.Next(3) == 0 ? "counter" : "set", 6)]),
        < 490 => new(WriteVerb.Expire, [Own("set", 40)], Deadline: Now() + FarMilliseconds),
        _ => new(WriteVerb.Persist, [Own("set", 40)]),
    };

    private PlaceWrite FieldWrite() => _random.Next(100) switch
    {
        < 30 => new(WriteVerb.Set, SomeFields("hash", 4), NextValue()),
        < 65 => new(WriteVerb.Increment, [Field("counts", 2)]),
        < 75 => new(WriteVerb.Delete, SomeFields(_random.Next(2) == 0 ? "hash" : "counts", 2)),
        < 80 => new(WriteVerb.DeleteKey, AllFields(_random.Next(2) == 0 ? "hash" : "counts", 2)),
        < 85 => new(WriteVerb.Set, SomeFields("hash", 4), NextValue(), Now() + FarMilliseconds),
        < 95 => new(WriteVerb.Expire, [Field(_random.Next(2) == 0 ? "hash" : "counts", 2)], Deadline: Now() + FarMilliseconds),
        _ => new(WriteVerb.Persist, [Field(_random.Next(2) == 0 ? "hash" : "counts", 2)]),
    };

    private PlaceWrite MemberWrite()
    {
        string key = Key("members", 3);
        Place[] all = [.. Enumerable.Range(0, ElementsOfAKey).Select(i => Place.Member(key, $"m{i}"))];
        return _random.Next(10) switch
        {
            < 6 => new(WriteVerb.Set, Some(all), Place.There),
            < 9 => new(WriteVerb.Delete, Some(all)),
            _ => new(WriteVerb.DeleteKey, all),
        };
    }

    private PlaceWrite ScoreWrite()
    {
        string key = Key("scores", 3);
        Place[] all = [.. Enumerable.Range(0, ElementsOfAKey).Select(i => Place.Score(key, $"m{i}"))];
        return _random.Next(10) switch
        {
            < 3 => new(WriteVerb.Set, Some(all), Whole(_random.Next(1_000_000))),
            < 7 => new(WriteVerb.Increment, [all[_random.Next(all.Length)]]),
            < 9 => new(WriteVerb.Delete, Some(all)),
            _ => new(WriteVerb.DeleteKey, all),
        };
    }

    private PlaceWrite AppendWrite(Place place)
    {
        bool isLong = (_own[place].Value?.Length ?? 0) > AppendBytesMax;
        return new(isLong ? WriteVerb.Set : WriteVerb.Append, [place], $"[{++_sequence}]");
    }

    private void Send(PlaceWrite write, bool checkReply = true)
    {
        _burst.Add(write.Command());
        _own.Sent(write);
        _expected.Enqueue(reply =>
        {
            string expected = _own.Acknowledge()[0];
            if (checkReply)
            {
                Expect(expected, reply, $"{write.Verb} {write.Places[0]}");
            }
        });
    }

    private void SendTransaction(PlaceWrite[] writes)
    {
        _own.Sent(writes);
        SendTransaction([.. writes.Select(write => write.Command())], reply =>
        {
            IReadOnlyList<string> expected = _own.Acknowledge();
            for (int i = 0; i < writes.Length; i++)
            {
                Expect(expected[i], reply.Items[i], $"{writes[i].Verb} {writes[i].Places[0]} in a transaction");
            }
        });
    }

    private void SendTransaction(string[][] commands, Action<RespReply> take)
    {
        _burst.Add("MULTI");
        _expected.Enqueue(reply => Expect("+OK", reply, "MULTI"));
        foreach (string[] command in commands)
        {
            _burst.Add(command);
            _expected.Enqueue(reply => Expect("+QUEUED", reply, command[0]));
        }

        _burst.Add("EXEC");
        _expected.Enqueue(take);
    }

    private void IncrementShared(int counter)
    {
        _burst.Add(new PlaceWrite(WriteVerb.Increment, [SharedHistory.CounterPlace(counter)]).Command());
        _shared.IncrementSent(counter);
        _expected.Enqueue(reply =>
        {
            Expect(":", new RespReply(reply.Kind, [], []), $"increment of shared counter {counter} ({reply})");
            _shared.IncrementAcknowledged(counter);
        });
    }

    private void SetSharedPair(int pair)
    {
        string value = NextValue();
        Place[] halves = [SharedHistory.PairPlace(pair, 'a'), SharedHistory.PairPlace(pair, 'b')];
        PairWrite write = _shared.PairSent(pair, value);
        if (SharedHistory.IsOfStrings(pair))
        {
            _burst.Add(new PlaceWrite(WriteVerb.Set, halves, value).Command());
            _expected.Enqueue(reply => Take(reply, "+OK"));
        }
        else
        {
            string[][] commands = [.. halves.Select(half => new PlaceWrite(WriteVerb.Set, [half], value).Command())];
            SendTransaction(commands, reply => Take(reply.Items[1], "+OK"));
        }

        void Take(RespReply reply, string expected)
        {
            Expect(expected, reply, $"write of shared pair {pair}");
            _shared.PairAcknowledged(write);
        }
    }

    private void Read(Place place)
    {
        _burst.Add("GET", place.Key);
        _expected.Enqueue(reply =>
        {
            string? own = _own[place].Value;
            if (reply.TextOrNull != own)
            {
                throw new InvalidDataException($"GET {place} does not read the connection's own write: {reply}");
            }
        });
    }

    private static void Expect(string expected, RespReply reply, string command)
    {
        if (reply.ToString() != expected)
        {
            throw new InvalidDataException($"{command} was answered {reply}, expected {expected}");
        }
    }

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);

    private Place Own(string family, int count) => Place.Of(Key(family, count));

    private Place Field(string family, int count) =>
        Place.Field(Key(family, count), $"f{_random.Next(ElementsOfAKey)}");

    private Place[] SomeFields(string family, int count) => Some(AllFields(family, count));

    private Place[] AllFields(string family, int count)
    {
        string key = Key(family, count);
        return [.. Enumerable.Range(0, ElementsOfAKey).Select(i => Place.Field(key, $"f{i}"))];
    }

    private Place[] Some(Place[] all)
    {
        _random.Shuffle(all);
        return all[.._random.Next(1, 4)];
    }

    private static IEnumerable<Place> Triple(string key) =>
        new[] { "a", "b", "c" }.Select(part => Place.Of($"{key}:{part}"));

    private string Key(string family, int count) => $"{_name}:{family}:{_random.Next(count)}";

    /// <summary>A value nobody else writes; most are small, a few large enough to span journal pages.</summary>
    private string NextValue()
    {
        int length = _random.Next(1000) switch
        {
            < 700 => _random.Next(100),
            < 965 => _random.Next(4_000),
            < 999 => _random.Next(64_000),
            _ => _random.Next(1_000_000),
        };
        string unique = string.Create(CultureInfo.InvariantCulture, $"{_name}.{++_sequence}.");
        return unique.PadRight(length, (char)('a' + (_sequence % 26)));
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
}
