using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Marekvs.Host.Access;

/// <summary>The passwords of a user, as SHA-256 digests: the passwords themselves are kept nowhere.</summary>
internal sealed class AclPasswords
{
    private static readonly SearchValues<char> HashLetters = SearchValues.Create("0123456789abcdef");

    private readonly List<string> _hashes = [];

    /// <summary>The digests in hexadecimal letters, in the order they were added.</summary>
    public IReadOnlyList<string> Hashes => _hashes;

    /// <summary>A copy to change.</summary>
    public AclPasswords Clone()
    {
        AclPasswords copy = new();
        copy._hashes.AddRange(_hashes);
        return copy;
    }

    /// <summary>Applies <c>&gt;password</c>, <c>&lt;password</c>, <c>#digest</c> and <c>!digest</c>.</summary>
    /// <param name="word">The rule.</param>
    public AclMistake Apply(string word)
    {
        string hash = word[0] is '>' or '<'
            ? Convert.ToHexStringLower(SHA256.HashData(Encoding.Latin1.GetBytes(word[1..])))
            : word[1..];
        if (hash.Length != 2 * SHA256.HashSizeInBytes || hash.AsSpan().ContainsAnyExcept(HashLetters))
        {
            return AclMistake.BadHash;
        }

        if (word[0] is '<' or '!')
        {
            return _hashes.Remove(hash) ? AclMistake.None : AclMistake.NoSuchPassword;
        }

        if (!_hashes.Contains(hash))
        {
            _hashes.Add(hash);
        }

        return AclMistake.None;
    }

    /// <summary>Forgets all passwords.</summary>
    public void Clear() => _hashes.Clear();

    /// <summary>Compares with each password, in a time that tells neither which nor how much of one agrees.</summary>
    /// <param name="candidate">What a client sent.</param>
    public bool Contains(ReadOnlySpan<byte> candidate)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(candidate, digest);
        bool isFound = false;
        foreach (string hash in _hashes)
        {
            isFound |= CryptographicOperations.FixedTimeEquals(digest, Convert.FromHexString(hash));
        }

        return isFound;
    }
}
