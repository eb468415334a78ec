using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine;

namespace Marekvs.Host.Routing;

/// <summary>
/// How commands travel from one node to another: one, or those of a transaction.
/// <code>
/// commands u32 x { arguments u32 x { length u32 | bytes } } | { digest u64 | name length u32 | name } of watched keys
/// </code>
/// </summary>
internal static class RoutedArguments
{
    public static byte[] Write(CommandArgs args)
    {
        var writer = new RecordWriter(args.Bytes.Length + 64);
        writer.WriteUInt32(1);
        Write(writer, args);
        return writer.Written.ToArray();
    }

    public static byte[] Write(IReadOnlyList<byte[]> args)
    {
        var writer = new RecordWriter();
        writer.WriteUInt32(1);
        writer.WriteUInt32((uint)args.Count);
        foreach (byte[] arg in args)
        {
            writer.WriteUInt32((uint)arg.Length);
            writer.WriteBytes(arg);
        }

        return writer.Written.ToArray();
    }

    public static byte[] Write(Transaction transaction)
    {
        var writer = new RecordWriter((int)transaction.Bytes + 64);
        writer.WriteUInt32((uint)transaction.Count);
        for (int i = 0; i < transaction.Count; i++)
        {
            Write(writer, transaction.ArgsAt(i));
        }

        foreach (KeyWatch watch in transaction.Watches)
        {
            writer.WriteUInt64(watch.Digest);
            writer.WriteUInt32((uint)watch.Name.Length);
            writer.WriteBytes(watch.Name);
        }

        return writer.Written.ToArray();
    }

    /// <exception cref="RecordFormatException">They do not decode.</exception>
    public static IReadOnlyList<ArgumentRange[]> Read(byte[] bytes) => Read(bytes, out _);

    /// <exception cref="RecordFormatException">They do not decode.</exception>
    public static IReadOnlyList<ArgumentRange[]> Read(byte[] bytes, out IReadOnlyList<ExpectedKey> watched)
    {
        var reader = new RecordReader(bytes);
        var commands = new ArgumentRange[ReadCount(ref reader)][];
        for (int i = 0; i < commands.Length; i++)
        {
            var args = new ArgumentRange[ReadCount(ref reader)];
            for (int j = 0; j < args.Length; j++)
            {
                uint length = reader.ReadUInt32();
                args[j] = new ArgumentRange(reader.Position, (int)Math.Min(length, int.MaxValue));
                reader.ReadBytes(args[j].Length);
            }

            commands[i] = args;
        }

        var keys = new List<ExpectedKey>();
        while (reader.Remaining > 0)
        {
            ulong digest = reader.ReadUInt64();
            uint length = reader.ReadUInt32();
            keys.Add(new ExpectedKey(reader.ReadBytes((int)Math.Min(length, int.MaxValue)).ToArray(), digest));
        }

        watched = keys;
        return commands;
    }

    /// <summary>Whatever is counted takes four bytes at least, and there is something.</summary>
    private static int ReadCount(ref RecordReader reader)
    {
        uint count = reader.ReadUInt32();
        return count > 0 && count <= reader.Remaining / 4
            ? (int)count
            : throw new RecordFormatException("a routed command has more parts than bytes");
    }

    private static void Write(RecordWriter writer, CommandArgs args)
    {
        writer.WriteUInt32((uint)args.Count);
        for (int i = 0; i < args.Count; i++)
        {
            writer.WriteUInt32((uint)args[i].Length);
            writer.WriteBytes(args[i]);
        }
    }
}
