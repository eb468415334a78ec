namespace Marekvs.Cluster.Tests.Histories;

/// <summary>The check accepts what may be, and rejects each kind of what may not.</summary>
[TestClass]
public sealed class HistoryCheckTests
{
    private static readonly Operation[] History =
    [
        Done(1, Verb.Increment, "counter", "", "1"),
        Done(1, Verb.Increment, "counter", "", "2"),
        Done(2, Verb.Increment, "counter", "", "1"),
        Lost(2, Verb.Increment, "counter", ""),
        Done(1, Verb.Add, "set", "1:a", "1"),
        Done(1, Verb.Add, "set", "1:b", "1"),
        Done(1, Verb.Remove, "set", "1:b", "1"),
        Lost(2, Verb.Add, "set", "2:a"),
        Done(1, Verb.Write, "own:1", "1:c", "OK"),
        Done(1, Verb.Read, "own:1", "", "1:c"),
        Done(1, Verb.Write, "own:1", "1:d", "OK"),
        Done(1, Verb.Read, "own:1", "", "1:d"),
        Lost(1, Verb.Write, "own:1", "1:e"),
    ];

    [TestMethod]
    [DataRow("3", "1:a", "1:d")]
    [DataRow("4", "1:a,2:a", "1:e")]
    public void WhatMayBe_IsAccepted(string counter, string set, string own) => Assert.IsEmpty(Check(History, counter, set, own));

    [TestMethod]
    [DataRow("2", "1:a", "1:d", "an increment is lost")]
    [DataRow("5", "1:a", "1:d", "an increment came twice")]
    [DataRow("3", "2:a", "1:d", "an element is lost")]
    [DataRow("3", "1:a,1:a", "1:d", "an element is there twice")]
    [DataRow("3", "1:a,1:b", "1:d", "an element is there again")]
    [DataRow("3", "1:a,9:z", "1:d", "an element comes from nowhere")]
    [DataRow("3", "1:a", "1:c", "a write is lost")]
    [DataRow("3", "1:a", "9:z", "a value comes from nowhere")]
    [DataRow("3", "1:a", null, "a register is gone")]
    public void WhatMayNotBe_IsRejected(string counter, string set, string? own, string what) =>
        Assert.HasCount(1, Check(History, counter, set, own), what);

    [TestMethod]
    public void ConnectionThatSeesTimeGoBack_IsRejected()
    {
        Operation[][] breaches =
        [
            [Done(1, Verb.Increment, "counter", "", "2")],
            [Done(1, Verb.Read, "own:1", "", "1:c")],
            [Done(1, Verb.Read, "own:1", "", null)],
            [
                Done(3, Verb.Write, "other", "3:a", "OK"), Done(4, Verb.Write, "other", "4:a", "OK"),
                Done(5, Verb.Read, "other", "", "3:a"), Done(5, Verb.Read, "other", "", "4:a"),
                Done(5, Verb.Read, "other", "", "3:a"),
            ],
        ];
        foreach (Operation[] breach in breaches)
        {
            Operation[] history = [.. History, .. breach];
            string counter = history.Count(o => o.Verb == Verb.Increment && o.Answer is not null).ToString(System.Globalization.CultureInfo.InvariantCulture);
            Assert.HasCount(1, Check(history, counter, "1:a", "1:d"), breach[^1].ToString());
        }
    }

    private static IReadOnlyList<string> Check(IReadOnlyList<Operation> history, string counter, string set, string? own)
    {
        var values = new Dictionary<string, string> { ["counter"] = counter, ["other"] = "4:a" };
        if (own is not null)
        {
            values["own:1"] = own;
        }

        return HistoryCheck.Contradictions(
            history, new ObservedState(values, new Dictionary<string, IReadOnlyList<string>> { ["set"] = set.Split(',') }));
    }

    private static Operation Done(int client, Verb verb, string place, string value, string? answer) =>
        new(client, 1, verb, place, value, Outcome.Acknowledged, answer);

    private static Operation Lost(int client, Verb verb, string place, string value) =>
        new(client, 1, verb, place, value, Outcome.Indeterminate, null);
}
