using Marekvs.Abstractions;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;
using Marekvs.Abstractions.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Marekvs.Host.Tests;

/// <summary>Commands that do what handlers should not, and some that do what they may.</summary>
internal sealed class ProbeModule : IModule
{
    private int _runs;

    public string Name => "probes";

    /// <summary>How often PROBE.COUNT has run.</summary>
    public int Runs => _runs;

    /// <summary>The clock that PROBE.TAKE turns.</summary>
    public FakeTimeProvider? Clock { get; set; }

    public void Register(IModuleRegistry registry) => registry.AddCommands(
        new CommandSpec("PROBE.WAIT", 3, CommandFlags.ReadOnly | CommandFlags.Blocking, KeySpec.One, Wait),
        new CommandSpec("PROBE.SIZE", 2, CommandFlags.ReadOnly, KeySpec.One, Size),
        new CommandSpec("PROBE.BREAK", 1, CommandFlags.None, KeySpec.None, Break),
        new CommandSpec("PROBE.THROW", 1, CommandFlags.None, KeySpec.None, Throw),
        new CommandSpec("PROBE.STORE", 1, CommandFlags.None, KeySpec.None, FailStore),
        new CommandSpec("PROBE.FILL", 2, CommandFlags.None, KeySpec.None, Fill),
        new CommandSpec("PROBE.TAKE", 2, CommandFlags.None, KeySpec.None, Take),
        new CommandSpec("PROBE.COUNT", 1, CommandFlags.Write, KeySpec.None, Count),
        new CommandSpec("PROBE|SUB", 3, CommandFlags.None, KeySpec.None, Sub));

    /// <summary>Waits until the bag is there: <c>PROBE.WAIT key milliseconds</c>.</summary>
    private static Reply Wait(in CommandCall call)
    {
        Key key = call.Open(call.Args[1]);
        if (key.Type is { } type)
        {
            return Reply.Integer(key.Count(type));
        }

        return call.Retry == CallRetry.TimedOut ? Reply.NilArray
            : RedisNumber.TryParseInt64(call.Args[2], out long milliseconds) ? Reply.WaitForKeys(milliseconds)
            : Reply.Error(RespErrors.NotInteger);
    }

    private static Reply Size(in CommandCall call)
    {
        Key key = call.Open(call.Args[1]);
        return Reply.Integer(key.Type is { } type ? key.Count(type) : 0);
    }

    private static Reply Break(in CommandCall call)
    {
        call.Writer.Simple("half an answer"u8);
        Invariant.That(false, "this one is kept");
        return Reply.Written;
    }

    private static Reply Throw(in CommandCall call) => throw new ArgumentOutOfRangeException(nameof(call));

    private static Reply FailStore(in CommandCall call)
    {
        call.Writer.Simple("half an answer"u8);
        throw new StorageException("the disk is gone");
    }

    private static Reply Fill(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[1], out long length))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        call.Writer.Bulk(new byte[length]);
        return Reply.Written;
    }

    private static Reply Sub(in CommandCall call) => Reply.Bulk(call.Args[2]);

    /// <summary>Takes some microseconds: <c>PROBE.TAKE microseconds</c>.</summary>
    private Reply Take(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[1], out long microseconds))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        Clock!.Advance(TimeSpan.FromMicroseconds(microseconds));
        return Reply.Ok;
    }

    private Reply Count(in CommandCall call) => Reply.Integer(Interlocked.Increment(ref _runs));
}
