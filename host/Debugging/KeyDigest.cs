using System.Security.Cryptography;
using System.Text;
using Marekvs.Abstractions.Rdb;
using Marekvs.Abstractions.Records;

namespace Marekvs.Host.Debugging;

/// <summary>
/// Tells in a few bytes whether two values are alike. What counts is the value as DUMP shows it, its type and whether it
/// has a time to live, and neither how it came about nor which node has it.
/// </summary>
internal static class KeyDigest
{
    /// <summary>Length of a digest, the same as that of Redis's.</summary>
    public const int Bytes = 20;

    /// <summary>Adds a key's digest to a sum that does not depend on the order.</summary>
    /// <param name="key">The key; nothing is added when it does not exist.</param>
    /// <param name="withName">Whether the name counts too.</param>
    /// <param name="sum">Receives it.</param>
    /// <returns>False when the type cannot be dumped.</returns>
    public static bool TryAdd(Key key, bool withName, Span<byte> sum)
    {
        if (key.Type is not KeyType type)
        {
            return true;
        }

        if (type.Rdb is null)
        {
            return false;
        }

        var writer = new RdbWriter();
        type.Rdb.Write(key, writer);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(type.Name));
        hash.AppendData([key.Deadline == Abstractions.Crdt.Cell.NoDeadline ? (byte)0 : (byte)1]);
        hash.AppendData(writer.Written);
        if (withName)
        {
            hash.AppendData(key.Name);
        }

        byte[] digest = hash.GetHashAndReset();
        for (int i = 0; i < Bytes; i++)
        {
            sum[i] ^= digest[i];
        }

        return true;
    }
}
