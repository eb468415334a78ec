using Marekvs.Abstractions.Cluster;

namespace Marekvs.Host.Tests.Routing;

/// <summary>Other nodes that answer when the test says so. The node itself has the number 1.</summary>
internal sealed class FakeRouter : ICommandRouter
{
    private Action _changed = () => { };

    /// <summary>The owners of all partitions, the first one first.</summary>
    public ushort[] Owners { get; set; } = [2];

    public List<FakeCall> Calls { get; } = [];

    /// <summary>Commands that ran here for want of an owner.</summary>
    public int Local { get; private set; }

    /// <summary>The owner of some partitions, where it is not the first of all.</summary>
    public Dictionary<ushort, ushort> OwnerOf { get; } = [];

    public ushort SoftOwnerOf(ushort partition, ushort except = 0) =>
        OwnerOf.TryGetValue(partition, out ushort owner) ? owner : Owners.FirstOrDefault(node => node != except);

    public IRoutedCall Send(ushort node, RoutedCommand command)
    {
        var call = new FakeCall(node, command);
        Calls.Add(call);
        return call;
    }

    public void OnOwnersChange(Action changed) => _changed = changed;

    public void CountLocal() => Local++;

    /// <summary>Other nodes own everything now.</summary>
    public void Change(params ushort[] owners)
    {
        Owners = owners;
        _changed();
    }
}

/// <summary>A command that was sent.</summary>
internal sealed class FakeCall(ushort node, RoutedCommand command) : IRoutedCall
{
    private readonly TaskCompletionSource<RoutedReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<CallStop> _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ushort Node => node;

    public RoutedCommand Command => command;

    public Task<RoutedReply> Reply => _reply.Task;

    /// <summary>How it is to end.</summary>
    public Task<CallStop> Stopped => _stop.Task.WaitAsync(TimeSpan.FromSeconds(20));

    public void Answer(string reply, long position = 0) => _reply.SetResult(
        new RoutedReply(RoutedEnd.Answered, System.Text.Encoding.Latin1.GetBytes(reply), position));

    public void Refuse() => _reply.SetResult(new RoutedReply(RoutedEnd.NotRun, [], 0));

    public void Lose() => _reply.SetResult(new RoutedReply(RoutedEnd.InDoubt, [], 0));

    public void Stop(CallStop how) => _stop.TrySetResult(how);
}
