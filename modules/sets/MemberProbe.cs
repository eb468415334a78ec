using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Sets;

/// <summary>
/// Tells of members, asked for in the order of sets, whether a set has them: by looking each up, or, when the set is not
/// much larger than the number of questions, by walking it alongside.
/// </summary>
internal sealed class MemberProbe
{
    /// <summary>Steps of a walk that cost about as much as looking up one member of a large set.</summary>
    private const long StepsPerLookup = 8;

    private readonly SetOperand _set;
    private readonly ElementCursor? _walk;
    private bool _isOnMember;

    /// <summary>Prepares for questions.</summary>
    /// <param name="set">The set.</param>
    /// <param name="questions">How many there will be, at most.</param>
    internal MemberProbe(SetOperand set, long questions)
    {
        _set = set;
        if (set.Count / StepsPerLookup < questions)
        {
            _walk = set.Walk();
            _isOnMember = _walk.MoveNext();
        }
    }

    /// <param name="member">Stands on the member of another set.</param>
    internal bool Has(ElementCursor member)
    {
        if (_walk is null)
        {
            return _set.Has(member.Element);
        }

        while (_isOnMember)
        {
            int order = MemberOrder.Compare(_walk, member);
            if (order >= 0)
            {
                return order == 0;
            }

            _isOnMember = _walk.MoveNext();
        }

        return false;
    }
}
