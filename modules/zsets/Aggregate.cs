namespace Marekvs.Modules.Zsets;

/// <summary>How the scores that a member has in several sorted sets become one.</summary>
internal enum Aggregate
{
    /// <summary>By adding them.</summary>
    Sum,

    /// <summary>By taking the least.</summary>
    Min,

    /// <summary>By taking the greatest.</summary>
    Max,
}

/// <summary>Combines scores.</summary>
internal static class AggregateScores
{
    /// <summary>Combines two scores; infinities of either sign add up to zero.</summary>
    internal static double Combine(this Aggregate aggregate, double left, double right)
    {
        switch (aggregate)
        {
            case Aggregate.Min:
                return right < left ? right : left;
            case Aggregate.Max:
                return right > left ? right : left;
            default:
                double sum = left + right;
                return double.IsNaN(sum) ? 0 : sum;
        }
    }
}
