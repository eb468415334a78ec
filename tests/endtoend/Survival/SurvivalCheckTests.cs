namespace Marekvs.EndToEnd.Survival;

/// <summary>The check is only worth something if it sees the faults it looks for.</summary>
[TestClass]
public sealed class SurvivalCheckTests
{
    private const long Now = 1_000_000;

    [TestMethod]
    public void History_AllAcknowledgedThere_Agrees()
    {
        ConnectionHistory history = Acknowledged(Set("a", "1"), Set("b", "2"), Set("a", "3"));

        Assert.IsNull(history.Contradiction(Observed(("a", "3"), ("b", "2"))));
    }

    [TestMethod]
    public void History_AcknowledgedWriteLost_IsNoticed()
    {
        ConnectionHistory history = Acknowledged(Set("a", "1"), Set("a", "3"));

        Assert.IsNotNull(history.Contradiction(Observed(("a", "1"))));
    }

    [TestMethod]
    public void History_DeletedKeyBack_IsNoticed()
    {
        ConnectionHistory history = Acknowledged(Set("a", "1"), new PlaceWrite(WriteVerb.Delete, [Place.Of("a")]));

        Assert.IsNotNull(history.Contradiction(Observed(("a", "1"))));
    }

    [TestMethod]
    [DataRow(null, null, true)]
    [DataRow("1", null, true)]
    [DataRow("1", "2", true)]
    [DataRow(null, "2", false)]
    public void History_InFlight_OnlyAFirstPartMayHaveHappened(string? a, string? b, bool agrees)
    {
        var history = new ConnectionHistory();
        history.Sent(Set("a", "1"));
        history.Sent(Set("b", "2"));

        Assert.AreEqual(agrees, history.Contradiction(Observed(("a", a), ("b", b))) is null);
    }

    [TestMethod]
    public void History_MsetHalfApplied_IsNoticed()
    {
        var history = new ConnectionHistory();
        history.Sent(new PlaceWrite(WriteVerb.Set, [Place.Of("a"), Place.Of("b")], "1"));

        Assert.IsNotNull(history.Contradiction(Observed(("a", "1"), ("b", null))));
    }

    [TestMethod]
    [DataRow(null, null, true)]
    [DataRow("1", "2", true)]
    [DataRow("1", null, false)]
    [DataRow(null, "2", false)]
    public void History_TransactionInFlight_HappensAsAWholeOrNotAtAll(string? a, string? b, bool agrees)
    {
        var history = new ConnectionHistory();
        history.Sent(Set("a", "1"), Set("b", "2"));

        Assert.AreEqual(agrees, history.Contradiction(Observed(("a", a), ("b", b))) is null);
    }

    [TestMethod]
    public void History_Transaction_RepliesFollowEachOther()
    {
        Place field = Place.Field("h", "f");
        var history = new ConnectionHistory();
        history.Sent(
            new PlaceWrite(WriteVerb.Set, [field, Place.Field("h", "g")], "7"),
            new PlaceWrite(WriteVerb.Increment, [field]),
            new PlaceWrite(WriteVerb.DeleteKey, [field, Place.Field("h", "g")]),
            new PlaceWrite(WriteVerb.Increment, [field]),
            new PlaceWrite(WriteVerb.Expire, [Place.Field("h", "g")], Deadline: Now));

        CollectionAssert.AreEqual(new[] { ":2", ":8", ":1", ":1", "*[:-2]" }, history.Acknowledge().ToArray());
    }

    [TestMethod]
    public void History_AppendAppliedTwice_IsNoticed()
    {
        var history = new ConnectionHistory();
        history.Sent(new PlaceWrite(WriteVerb.Append, [Place.Of("a")], "x"));

        Assert.IsNotNull(history.Contradiction(Observed(("a", "xx"))));
    }

    [TestMethod]
    [DataRow("1", Now - 1, false)]
    [DataRow("1", Now, true)]
    [DataRow("1", Now + 10, true)]
    [DataRow(null, Now - 1, true)]
    [DataRow(null, Now, true)]
    [DataRow(null, Now + 10, false)]
    public void History_Deadline_DecidesWhetherTheKeyMayBeThere(string? seen, long deadline, bool agrees)
    {
        ConnectionHistory history = Acknowledged(new PlaceWrite(WriteVerb.Set, [Place.Of("a")], "1", deadline));
        var state = new PlaceState(seen, seen is null ? 0 : deadline);

        string? contradiction = history.Contradiction(
            new Dictionary<Place, Observation> { [Place.Of("a")] = new(state, Now, Now) });

        Assert.AreEqual(agrees, contradiction is null, contradiction);
    }

    [TestMethod]
    [DataRow(1, false)]
    [DataRow(2, true)]
    [DataRow(3, true)]
    [DataRow(4, false)]
    public void Shared_Counter_LiesBetweenAcknowledgedAndSent(long observed, bool agrees)
    {
        var shared = new SharedHistory(counters: 1, pairs: 0);
        for (int i = 0; i < 3; i++)
        {
            shared.IncrementSent(0);
        }

        shared.IncrementAcknowledged(0);
        shared.IncrementAcknowledged(0);

        Assert.AreEqual(agrees, shared.SettleCounter(0, observed) is null);
    }

    [TestMethod]
    [DataRow("old", "old", false, DisplayName = "an acknowledged write followed")]
    [DataRow("new", "new", true, DisplayName = "the newest")]
    [DataRow("lost", "lost", true, DisplayName = "in flight, happened")]
    [DataRow("new", "old", false, DisplayName = "half applied")]
    [DataRow("other", "other", false, DisplayName = "never written")]
    [DataRow(null, null, false, DisplayName = "gone")]
    public void Shared_Pair_HoldsOneWriteThatNoneFollowed(string? first, string? second, bool agrees)
    {
        var shared = new SharedHistory(counters: 0, pairs: 1);
        shared.PairAcknowledged(shared.PairSent(0, "old"));
        shared.PairSent(0, "lost");
        shared.PairAcknowledged(shared.PairSent(0, "new"));

        Assert.AreEqual(agrees, shared.SettlePair(0, first, second) is null);
    }

    private static PlaceWrite Set(string key, string value) => new(WriteVerb.Set, [Place.Of(key)], value);

    private static ConnectionHistory Acknowledged(params ReadOnlySpan<PlaceWrite> writes)
    {
        var history = new ConnectionHistory();
        foreach (PlaceWrite write in writes)
        {
            history.Sent(write);
            history.Acknowledge();
        }

        return history;
    }

    private static Dictionary<Place, Observation> Observed(params (string Key, string? Value)[] values) =>
        values.ToDictionary(pair => Place.Of(pair.Key), pair => new Observation(new PlaceState(pair.Value, 0), Now, Now));
}
