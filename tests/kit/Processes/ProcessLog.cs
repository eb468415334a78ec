using System.Text;

namespace Marekvs.Testing.Processes;

/// <summary>What a process wrote, line by line, and who waits for a line.</summary>
public sealed class ProcessLog
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private readonly List<(Func<string, bool> Matches, TaskCompletionSource<string> Found)> _waiting = [];

    public string Text
    {
        get
        {
            lock (_lock)
            {
                return _text.ToString();
            }
        }
    }

    public void Add(string line)
    {
        lock (_lock)
        {
            _text.Append(line).Append('\n');
            for (int i = _waiting.Count - 1; i >= 0; i--)
            {
                if (_waiting[i].Matches(line))
                {
                    _waiting[i].Found.TrySetResult(line);
                    _waiting.RemoveAt(i);
                }
            }
        }
    }

    /// <summary>Completes with the first line, past or future, that matches.</summary>
    public Task<string> WhenLine(Func<string, bool> matches)
    {
        lock (_lock)
        {
            string? past = _text.ToString().Split('\n').FirstOrDefault(matches);
            if (past is not null)
            {
                return Task.FromResult(past);
            }

            var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((matches, found));
            return found.Task;
        }
    }
}
