namespace Marekvs.Abstractions.Rdb;

/// <summary>The checksum of the RDB format: CRC-64 with the polynomial of David T. Jones, bits reflected, starting at 0,
/// nothing added at the end.</summary>
public static class Crc64
{
    /// <summary>0xad93d23594c935a9 with its bits reflected.</summary>
    private const ulong Polynomial = 0x95AC9329AC4BC9B5;

    private static readonly ulong[] Table = BuildTable();

    /// <summary>The checksum of some bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong crc = 0;
        foreach (byte b in bytes)
        {
            crc = Table[(byte)(crc ^ b)] ^ (crc >> 8);
        }

        return crc;
    }

    private static ulong[] BuildTable()
    {
        var table = new ulong[256];
        for (int i = 0; i < table.Length; i++)
        {
            ulong crc = (ulong)i;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            }

            table[i] = crc;
        }

        return table;
    }
}
