using Marekvs.Abstractions.Cluster;

namespace Marekvs.Cluster.Gossip.Reads;

/// <summary>A key, or the lease on a whole partition, that owners are asked for.</summary>
/// <param name="key">The key; without a name for a partition.</param>
/// <param name="lease">What there is of it here; null for a partition.</param>
/// <param name="owners">Whom to ask, the first one first.</param>
/// <param name="patientUntil">Up to when owners are looked for that can answer.</param>
internal sealed class KeyFetch(KeyName key, KeyLease? lease, Queue<ushort> owners, long patientUntil)
{
    public KeyName Key => key;

    public KeyLease? Lease => lease;

    /// <summary>Owners not asked yet.</summary>
    public Queue<ushort> Owners { get; set; } = owners;

    public long PatientUntil => patientUntil;

    /// <summary>Calls that wait for it.</summary>
    public List<BringRequest> Waiting { get; } = [];

    /// <summary>The questions that were asked.</summary>
    public List<uint> Asked { get; } = [];

    /// <summary>When the next owner is asked.</summary>
    public long NextAt { get; set; }

    public bool IsOver { get; set; }
}

/// <summary>A question to one owner.</summary>
/// <param name="fetch">What is asked for.</param>
/// <param name="owner">Whom.</param>
/// <param name="era">How often the partition had been dropped here: what was brought before does not count.</param>
/// <param name="askedAt">When.</param>
internal sealed class OwnerQuestion(KeyFetch fetch, LeaseSource owner, int era, long askedAt)
{
    public KeyFetch Fetch => fetch;

    public LeaseSource Owner => owner;

    public int Era => era;

    public long AskedAt => askedAt;

    /// <summary>The owner's when it was asked.</summary>
    public int Epoch { get; } = owner.Epoch;

    /// <summary>Pieces joined.</summary>
    public uint Pieces { get; set; }
}
