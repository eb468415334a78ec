using System.Buffers.Binary;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Sets;

/// <summary>Members gathered before they are answered or stored: their number stands first in an answer, and a set must
/// not be written while it is walked.</summary>
internal sealed class MemberBuffer
{
    // length u32 | member, one after another
    private readonly RecordWriter _members = new();

    /// <summary>How many there are.</summary>
    internal long Count { get; private set; }

    internal void Add(ReadOnlySpan<byte> member)
    {
        _members.WriteUInt32((uint)member.Length);
        _members.WriteBytes(member);
        Count++;
    }

    /// <summary>Writes the members as an answer.</summary>
    internal void WriteTo(RespWriter writer, bool asSet)
    {
        if (asSet)
        {
            writer.Set(Count);
        }
        else
        {
            writer.Array(Count);
        }

        foreach (ReadOnlySpan<byte> member in this)
        {
            writer.Bulk(member);
        }
    }

    public Walk GetEnumerator() => new(_members.Written);

    /// <summary>Goes through the members in the order in which they were added.</summary>
    internal ref struct Walk(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public ReadOnlySpan<byte> Current { get; private set; }

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            int length = (int)BinaryPrimitives.ReadUInt32LittleEndian(_rest);
            Current = _rest.Slice(sizeof(uint), length);
            _rest = _rest[(sizeof(uint) + length)..];
            return true;
        }
    }
}
