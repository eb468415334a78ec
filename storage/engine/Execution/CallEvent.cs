using Marekvs.Abstractions.Records;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>What a call wants told once it is over: a notification, or an effect outside the keyspace.</summary>
internal readonly struct CallEvent
{
    private readonly KeyspaceEvents _class;
    private readonly string? _name;
    private readonly byte[]? _key;
    private readonly Action? _effect;

    public CallEvent(KeyspaceEvents eventClass, string name, byte[] key) => (_class, _name, _key) = (eventClass, name, key);

    public CallEvent(Action effect) => _effect = effect;

    public void Tell(KeyspaceEventSink? sink)
    {
        _effect?.Invoke();
        if (_name is not null)
        {
            sink?.Invoke(_class, _name, _key);
        }
    }
}
