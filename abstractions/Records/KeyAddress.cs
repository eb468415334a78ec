namespace Marekvs.Abstractions.Records;

/// <summary>
/// Where a key lives: slot = CRC16(name or its hash tag) mod 16384, as Redis Cluster; partition = slot / 4.
/// </summary>
/// <remarks>Redis Cluster specification, "Keys distribution model" and "Hash tags".</remarks>
public static class KeyAddress
{
    private static readonly ushort[] Table = BuildTable();

    /// <summary>The hash slot of a key.</summary>
    /// <param name="name">The key.</param>
    /// <returns>0 to 16383.</returns>
    public static ushort SlotOf(ReadOnlySpan<byte> name)
    {
        int open = name.IndexOf((byte)'{');
        if (open >= 0)
        {
            int length = name[(open + 1)..].IndexOf((byte)'}');
            if (length > 0)
            {
                name = name.Slice(open + 1, length);
            }
        }

        ushort crc = 0;
        foreach (byte b in name)
        {
            crc = (ushort)((crc << 8) ^ Table[(crc >> 8) ^ b]);
        }

        return (ushort)(crc % Limits.Slots);
    }

    /// <summary>The partition of a slot.</summary>
    /// <param name="slot">The slot.</param>
    public static ushort PartitionOfSlot(ushort slot) => (ushort)(slot >> 2);

    /// <summary>The partition of a key.</summary>
    /// <param name="name">The key.</param>
    public static ushort PartitionOf(ReadOnlySpan<byte> name) => PartitionOfSlot(SlotOf(name));

    private static ushort[] BuildTable()
    {
        const ushort Polynomial = 0x1021;
        var table = new ushort[256];
        for (int i = 0; i < table.Length; i++)
        {
            int crc = i << 8;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ Polynomial : crc << 1;
            }

            table[i] = (ushort)crc;
        }

        return table;
    }
}
