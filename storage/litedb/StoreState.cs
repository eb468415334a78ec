using LiteDB;

namespace Marekvs.Storage.LiteDb;

/// <summary>The store's own document, written with every batch.</summary>
/// <remarks>
/// <code>
/// document in "state" = { _id: 0, watermark: i64 (its bits), commits: i64, nextNode: i64, nextValue: i64 }
/// </code>
/// </remarks>
/// <param name="Watermark">See <c>IStore.Watermark</c>.</param>
/// <param name="Commits">Batches ever committed: tells after a failure whether the last one is in.</param>
/// <param name="NextNode">The number of the next node, never used again.</param>
/// <param name="NextValue">The number of the next long value, never used again.</param>
internal sealed record StoreState(ulong Watermark, long Commits, long NextNode, long NextValue)
{
    public static StoreState New { get; } = new(0, 0, EntryId.Root + 1, 0);

    public static StoreState Read(Collection states) =>
        states.Find(0) is { } document
            ? new StoreState(
                (ulong)document["watermark"].AsInt64,
                document["commits"].AsInt64,
                document["nextNode"].AsInt64,
                document["nextValue"].AsInt64)
            : New;

    public void Write(Collection states) => states.Upsert(new BsonDocument
    {
        ["_id"] = 0,
        ["watermark"] = (long)Watermark,
        ["commits"] = Commits,
        ["nextNode"] = NextNode,
        ["nextValue"] = NextValue,
    });
}
