using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.Publishing;

/// <summary>
/// What the sender's clients listen to: channels by hash, one by one or in a filter; patterns by what they begin with.
/// <code>
/// kind u8 | 0, n varint, n x hash u64        or     1, bits log2 u8, bits
///         | p varint, p x (length u8, prefix)
/// </code>
/// <see cref="MessageKind.MoreInterest"/> has no filter.
/// </summary>
/// <param name="Hashes">Channels one by one.</param>
/// <param name="Filter">Or all of them in a filter.</param>
/// <param name="Prefixes">The beginnings of patterns; an empty one stands for every channel.</param>
internal sealed record InterestMessage(
    IReadOnlyCollection<ulong> Hashes, InterestFilter? Filter, IReadOnlyCollection<byte[]> Prefixes)
{
    /// <summary>More channels go into a filter.</summary>
    public const int HashesMax = 1024;

    /// <summary>Instead of more patterns one is told that matches everything.</summary>
    public const int PrefixesMax = 64;

    public byte[] Encode(MessageKind kind)
    {
        var writer = new RecordWriter();
        writer.WriteByte((byte)kind);
        if (Filter is null)
        {
            writer.WriteByte(0);
            writer.WriteLength(Hashes.Count);
            foreach (ulong hash in Hashes)
            {
                writer.WriteUInt64(hash);
            }
        }
        else
        {
            writer.WriteByte(1);
            writer.WriteByte((byte)Filter.BitsLog);
            foreach (ulong word in Filter.Words)
            {
                writer.WriteUInt64(word);
            }
        }

        writer.WriteLength(Prefixes.Count);
        foreach (byte[] prefix in Prefixes)
        {
            writer.WriteByte((byte)prefix.Length);
            writer.WriteBytes(prefix);
        }

        return writer.Written.ToArray();
    }

    /// <exception cref="RecordFormatException">It does not decode.</exception>
    public static InterestMessage Decode(ReadOnlySpan<byte> message)
    {
        var reader = new RecordReader(message);
        var kind = (MessageKind)reader.ReadByte();
        byte form = reader.ReadByte();
        Check(form == 0 || (form == 1 && kind == MessageKind.Interest), "channels are told in an unknown form");
        ulong[] hashes = form == 0 ? ReadWords(ref reader, ReadCount(ref reader, HashesMax)) : [];
        InterestFilter? filter = form == 0 ? null : ReadFilter(ref reader);
        var prefixes = new byte[ReadCount(ref reader, PrefixesMax)][];
        for (int i = 0; i < prefixes.Length; i++)
        {
            byte length = reader.ReadByte();
            Check(length <= PatternPrefix.BytesMax, "a prefix is too long");
            prefixes[i] = reader.ReadBytes(length).ToArray();
        }

        Check(reader.Remaining == 0, "nothing follows an interest");
        return new InterestMessage(hashes, filter, prefixes);
    }

    private static InterestFilter ReadFilter(ref RecordReader reader)
    {
        byte log = reader.ReadByte();
        Check(log is >= InterestFilter.BitsLogMin and <= InterestFilter.BitsLogMax, "a filter of another size");
        return InterestFilter.Of(ReadWords(ref reader, (1 << log) / 64));
    }

    private static ulong[] ReadWords(ref RecordReader reader, int count)
    {
        Check(count <= reader.Remaining / 8, "hashes run past the end");
        var words = new ulong[count];
        for (int i = 0; i < count; i++)
        {
            words[i] = reader.ReadUInt64();
        }

        return words;
    }

    private static int ReadCount(ref RecordReader reader, int most)
    {
        UInt128 count = reader.ReadVarint();
        Check(count <= (UInt128)most, "more than may be listed");
        return (int)count;
    }

    private static void Check(bool holds, string what)
    {
        if (!holds)
        {
            throw new RecordFormatException(what);
        }
    }
}
