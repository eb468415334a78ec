using System.Globalization;
using Marekvs.Testing;

namespace Marekvs.EndToEnd.Survival;

/// <summary>One writer: chooses commands from a seed and checks the answers.</summary>
internal sealed class Writer
{
    private const int BurstMax = 32;
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
            case < 250:
                Own(new KeyWrite(WriteVerb.Set, [Key("set", 40)], NextValue()));
                break;
            case < 350:
                Own(new KeyWrite(WriteVerb.Set, [$"{_name}:unique:{++_sequence}"], NextValue()));
                break;
            case < 450:
                Own(new KeyWrite(WriteVerb.Increment, [Key("counter", 6)]));
                break;
            case < 520:
                Append(Key("append", 6));
                break;
            case < 590:
                string pair = Key("pair", 5);
                Own(new KeyWrite(WriteVerb.Set, [pair + ":a", pair + ":b", pair + ":c"], NextValue()));
                break;
            case < 650:
                Own(new KeyWrite(WriteVerb.Delete, [Key(_random.Next(3) == 0 ? "counter" : "set", 6)]));
                break;
            case < 700:
                Own(new KeyWrite(WriteVerb.Expire, [Key("set", 40)], Deadline: Now() + FarMilliseconds));
                break;
            case < 720:
                Own(new KeyWrite(WriteVerb.Persist, [Key("set", 40)]));
                break;
            case < 760:
                long soon = Now() + _random.Next(1, NearMillisecondsMax);
                Send(new KeyWrite(WriteVerb.Set, [Key("brief", 10)], NextValue(), soon), checkReply: false);
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
                Read(Key("set", 40));
                break;
        }
    }

    private void Own(KeyWrite write) => Send(write, checkReply: true);

    private void Send(KeyWrite write, bool checkReply)
    {
        _burst.Add(write.Command());
        _own.Sent(write);
        _expected.Enqueue(reply =>
        {
            if (checkReply)
            {
                Expect(write.ReplyFor(_own[write.Keys[0]]), reply, string.Join(' ', write.Verb, write.Keys[0]));
            }

            _own.Acknowledge();
        });
    }

    private void Append(string key)
    {
        bool isLong = (_own[key].Value?.Length ?? 0) > AppendBytesMax;
        Own(new KeyWrite(isLong ? WriteVerb.Set : WriteVerb.Append, [key], $"[{++_sequence}]"));
    }

    private void IncrementShared(int counter)
    {
        _burst.Add("INCR", SharedHistory.CounterKey(counter));
        _shared.IncrementSent(counter);
        _expected.Enqueue(reply =>
        {
            Expect(":", new RespReply(reply.Kind, [], []), $"INCR of shared counter {counter} ({reply})");
            _shared.IncrementAcknowledged(counter);
        });
    }

    private void SetSharedPair(int pair)
    {
        string value = NextValue();
        _burst.Add("MSET", SharedHistory.PairKey(pair, 'a'), value, SharedHistory.PairKey(pair, 'b'), value);
        PairWrite write = _shared.PairSent(pair, value);
        _expected.Enqueue(reply =>
        {
            Expect("+OK", reply, $"MSET of shared pair {pair}");
            _shared.PairAcknowledged(write);
        });
    }

    private void Read(string key)
    {
        _burst.Add("GET", key);
        _expected.Enqueue(reply =>
        {
            string? own = _own[key].Value;
            if (reply.TextOrNull != own)
            {
                throw new InvalidDataException($"GET {key} does not read the connection's own write: {reply}");
            }
        });
    }

    private static void Expect(string expected, RespReply reply, string command)
    {
        string answer = reply.Kind + reply.TextOrNull;
        if (answer != expected)
        {
            throw new InvalidDataException($"{command} was answered {answer}, expected {expected}");
        }
    }

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
