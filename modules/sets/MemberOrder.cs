using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Sets;

/// <summary>The order in which every set has its members: by hash, and by name where hashes are equal.</summary>
internal static class MemberOrder
{
    internal static int Compare(ElementCursor left, ElementCursor right)
    {
        int order = left.Position.CompareTo(right.Position);
        return order != 0 ? order : left.Element.SequenceCompareTo(right.Element);
    }
}
