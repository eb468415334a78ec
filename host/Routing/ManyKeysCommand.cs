using System.Globalization;
using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;

namespace Marekvs.Host.Routing;

/// <summary>
/// A command of one of the forms <c>name key [key ...] timeout</c>, <c>name numkeys key [key ...] ...</c> and
/// <c>name timeout numkeys key [key ...] ...</c>, to be asked of some of its keys at a time.
/// </summary>
internal sealed class ManyKeysCommand
{
    private readonly CommandSpec _spec;
    private readonly byte[][] _args;
    private readonly int _first;
    private readonly byte[][] _keys;

    /// <summary>Copies a command.</summary>
    /// <param name="spec">Its row.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="keys">Which of them are keys: some that follow each other.</param>
    public ManyKeysCommand(CommandSpec spec, CommandArgs args, List<int> keys)
    {
        _spec = spec;
        _args = new byte[args.Count][];
        for (int i = 0; i < args.Count; i++)
        {
            _args[i] = args[i].ToArray();
        }

        _first = keys[0];
        _keys = _args[_first..(_first + keys.Count)];
    }

    public IReadOnlyList<byte[]> Keys => _keys;

    /// <summary>Whether it waits when there is nothing.</summary>
    public bool Waits => _spec.Has(CommandFlags.Blocking);

    /// <summary>How long it waits in milliseconds, 0 for ever.</summary>
    /// <returns>False when that cannot be read.</returns>
    public bool TryReadTimeout(out long milliseconds) =>
        WaitTimeout.TryParseSeconds(_spec.Keys.Count == 0 ? _args[^1] : _args[1], 0, out milliseconds, out _);

    /// <summary>The command for each run of keys that have the same owner.</summary>
    /// <param name="ownerOf">Tells the owner of a partition.</param>
    public IEnumerable<(ushort Owner, ushort Partition, byte[] Arguments)> Parts(Func<ushort, ushort> ownerOf)
    {
        for (int from = 0, to = 0; from < _keys.Length; from = to)
        {
            ushort partition = KeyAddress.PartitionOf(_keys[from]);
            ushort owner = ownerOf(partition);
            for (to = from + 1; to < _keys.Length && ownerOf(KeyAddress.PartitionOf(_keys[to])) == owner; to++)
            {
            }

            yield return (owner, partition, Write(from, to));
        }
    }

    private byte[] Write(int from, int to)
    {
        List<byte[]> args = [.. _args[.._first], .. _keys[from..to], .. _args[(_first + _keys.Length)..]];
        if (_spec.Keys.Count > 0)
        {
            args[_spec.Keys.Count] = Encoding.ASCII.GetBytes((to - from).ToString(CultureInfo.InvariantCulture));
        }

        return RoutedArguments.Write(args);
    }
}
