namespace Marekvs.Storage.Engine.Replication;

/// <summary>Mistakes that tests plant, to see that they would be noticed.</summary>
[Flags]
internal enum ReplicationFault
{
    None = 0,

    /// <summary>What a batch closes is not believed.</summary>
    SkipClosedStamp = 1 << 0,

    /// <summary>What a peer's delete covers counts as applied.</summary>
    AdoptClears = 1 << 1,

    /// <summary>The vector of a delete is not remembered.</summary>
    ForgetClear = 1 << 2,

    /// <summary>A reader goes on one entry too far.</summary>
    SkipEntry = 1 << 3,

    /// <summary>Anti-entropy joins without asking what the other side has seen.</summary>
    JoinWithoutContext = 1 << 4,

    /// <summary>What came in from peers is sent on as if it were this node's own.</summary>
    ForwardForeign = 1 << 5,

    /// <summary>Reset counters are forgotten before every node has seen the reset.</summary>
    ForgetResets = 1 << 6,

    /// <summary>Writes lost with the tail of the journal do not lead to a new incarnation.</summary>
    KeepIncarnation = 1 << 7,

    /// <summary>A hole in a stream is not noted.</summary>
    IgnoreGap = 1 << 8,

    /// <summary>What is applied already is joined again.</summary>
    ApplyTwice = 1 << 9,

    /// <summary>Markers are forgotten though what they remove has not arrived.</summary>
    ForgetMarkers = 1 << 10,

    /// <summary>A write sends all it knows of the record, and whoever gets it takes all of it in.</summary>
    ShipMerged = 1 << 11,

    /// <summary>What a record speaks of counts as applied, whoever wrote it.</summary>
    AttributeToRecord = 1 << 12,

    /// <summary>Reset counters of nodes that were given up are forgotten like others.</summary>
    DropRetired = 1 << 13,
}
