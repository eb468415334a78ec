using Marekvs.Abstractions.Commands;
using Marekvs.Storage.Engine;

namespace Marekvs.Host.Debugging;

/// <summary>
/// A digest of all keys. It is computed key after key, so that the data may be larger than memory; what others write
/// meanwhile is in it or not.
/// </summary>
internal sealed class DatasetDigest
{
    private const long KeysPerStep = 1000;

    private readonly InnerCalls _calls;
    private readonly CommandSpec _walk;
    private readonly CommandSpec _add;
    private readonly byte[] _digest = new byte[KeyDigest.Bytes];
    private List<byte[]> _names = [];
    private ulong _cursor;
    private ulong _next;
    private bool _isDumped;

    /// <summary>Prepares a digest.</summary>
    /// <param name="keyspace">The keys.</param>
    public DatasetDigest(Keyspace keyspace)
    {
        _calls = new InnerCalls(keyspace);
        _walk = new CommandSpec(
            "DEBUG|DIGEST", 1, CommandFlags.ReadOnly | CommandFlags.WholeKeyspace, KeySpec.None, Walk);
        _add = new CommandSpec("DEBUG|DIGEST", 2, CommandFlags.ReadOnly, KeySpec.One, AddKey);
    }

    /// <summary>Computes it.</summary>
    /// <returns>The digest, or null when a value cannot be dumped.</returns>
    /// <exception cref="Abstractions.Storage.StorageException">The store failed.</exception>
    public async Task<byte[]?> ComputeAsync()
    {
        byte[] sum = new byte[KeyDigest.Bytes];
        do
        {
            await _calls.RunAsync(_walk, "DEBUG"u8.ToArray());
            _cursor = _next;
            foreach (byte[] name in _names)
            {
                await _calls.RunAsync(_add, "DEBUG"u8.ToArray(), name);
                if (!_isDumped)
                {
                    return null;
                }

                for (int i = 0; i < sum.Length; i++)
                {
                    sum[i] ^= _digest[i];
                }
            }
        }
        while (_cursor != 0);
        return sum;
    }

    // Both may run more than once, until what they need is in memory: each run begins anew.
    private Reply Walk(in CommandCall call)
    {
        List<byte[]> names = [];
        _next = call.Keyspace.ScanKeys(_cursor, KeysPerStep, (name, _) => names.Add(name.ToArray()));
        _names = names;
        return Reply.Ok;
    }

    private Reply AddKey(in CommandCall call)
    {
        _digest.AsSpan().Clear();
        _isDumped = KeyDigest.TryAdd(call.Open(call.Args[1]), withName: true, _digest);
        return Reply.Ok;
    }
}
