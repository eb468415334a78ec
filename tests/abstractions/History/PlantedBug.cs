namespace Marekvs.Abstractions.Tests.History;

/// <summary>Mistakes that earlier drafts made or that are easy to make. Each must be caught, or the simulation proves
/// nothing.</summary>
public enum PlantedBug
{
    None,

    /// <summary>Reset counter slots are forgotten before every replica has seen the reset.</summary>
    ForgetSlotsUnstably,

    /// <summary>Reset slots of origins that were cut off are forgotten too.</summary>
    ForgetEvictedSlots,

    /// <summary>A write ships the whole merged record, other origins' live dots included.</summary>
    ShipMergedRecord,

    /// <summary>Anti-entropy joins states without asking what the other side has seen.</summary>
    JoinWithoutContext,

    /// <summary>A received clear vector counts as applied.</summary>
    ApplyClearVector,

    /// <summary>A clear vector is made of the newest stamps seen instead of the applied vector.</summary>
    ClearNewestSeen,

    /// <summary>One key's anti-entropy raises the applied vector of the partition.</summary>
    ApplyVectorOfOneKey,

    /// <summary>The applied vector of a snapshot is taken after its rows were read.</summary>
    ReadVectorAfterRows,

    /// <summary>A key that both sides hold counts as agreed; only one held by a single side is judged.</summary>
    TrustPresence,

    /// <summary>Markers are forgotten though the dot they kill has not arrived.</summary>
    ForgetMarkersEarly,
}
