using LiteDB;
using LiteDB.Engine;

namespace Marekvs.Storage.LiteDb;

/// <summary>One collection with byte arrays as identities, and the few things done with it.</summary>
internal sealed class Collection(LiteEngine engine, string name)
{
    public BsonDocument? Find(BsonValue id)
    {
        var query = new Query { Limit = 1 };
        query.Where.Add(BsonExpression.Create("_id = @0", id));
        using IBsonDataReader reader = engine.Query(name, query);
        return reader.Read() ? reader.Current.AsDocument : null;
    }

    /// <summary>Reads documents in the order of their identities.</summary>
    /// <param name="low">Inclusive.</param>
    /// <param name="high">Inclusive.</param>
    /// <param name="descending">From the high end.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="bytes">Stops after the document that reaches this size in total.</param>
    public List<BsonDocument> Range(byte[] low, byte[] high, bool descending, int count, long bytes)
    {
        var found = new List<BsonDocument>();
        if (low.AsSpan().SequenceCompareTo(high) > 0)
        {
            return found;
        }

        var query = new Query
        {
            Limit = count,
            OrderBy = BsonExpression.Create("_id"),
            Order = descending ? Query.Descending : Query.Ascending,
        };
        query.Where.Add(BsonExpression.Create("_id BETWEEN @0 AND @1", new BsonValue(low), new BsonValue(high)));
        using IBsonDataReader reader = engine.Query(name, query);
        while (bytes > 0 && reader.Read())
        {
            BsonDocument document = reader.Current.AsDocument;
            found.Add(document);
            bytes -= document["v"] is { IsBinary: true } value ? value.AsBinary.Length : 0;
        }

        return found;
    }

    public void Upsert(BsonDocument document) => engine.Upsert(name, [document], BsonAutoId.ObjectId);

    public void Delete(BsonValue id) => engine.Delete(name, [id]);
}
