using System.Text;
using Marekvs.Abstractions.Cluster;

namespace Marekvs.Host.Tests.Routing;

/// <summary>Takes what an execution tells.</summary>
internal sealed class ExecutionListener : IExecutionListener
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<(string? Reply, long Position)> _ended =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task WhenWaiting => _waiting.Task.WaitAsync(Patience);

    public Task<(string? Reply, long Position)> WhenEnded => _ended.Task.WaitAsync(Patience);

    public void Waits() => _waiting.SetResult();

    public void Ended(byte[]? reply, long journalPosition) =>
        _ended.SetResult((reply is null ? null : Encoding.Latin1.GetString(reply), journalPosition));
}
