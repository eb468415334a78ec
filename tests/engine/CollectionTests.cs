using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Tests;

/// <summary>What a collection may forget, and what it may not.</summary>
[TestClass]
public sealed class CollectionTests
{
    private readonly Collection _elements = new();
    private readonly RunRules _rules = new([], Length: 4);

    [TestMethod]
    public void Trim_RemovalTheStoreHasNotHeardOf_IsRemembered()
    {
        _elements.Load([200, 1], Value(7));
        _elements.Load([200, 2], Value(7));
        _elements.Set([200, 1], default);
        TrimAll(isClean: false);
        Assert.IsTrue(_elements.IsPaged);
        Assert.IsTrue(_elements.Knows([200, 1]), "or the store's record would be taken for it");
        Assert.IsTrue(_elements.Get([200, 1]).IsEmpty);
        Assert.IsFalse(_elements.Knows([200, 2]));
        Assert.AreEqual(1, _elements.CountOf(200));
    }

    [TestMethod]
    public void Trim_ChangedElements_StayUntilTheStoreHasThem()
    {
        _elements.Set([200, 1], Value(1));
        TrimAll(isClean: false);
        Assert.IsTrue(_elements.Knows([200, 1]));
        long cost = _elements.Cost;
        Assert.AreEqual(1, _elements.Tree.TakeDirty().Count());

        TrimAll(isClean: false);
        Assert.IsFalse(_elements.Knows([200, 1]));
        Assert.AreEqual(1, _elements.CountOf(200));
        Assert.IsLessThan(cost, _elements.Cost);
    }

    [TestMethod]
    public void Knows_ElementsThatNeverWere_WithoutTheStore()
    {
        _elements.Load([200, 1], Value(1));
        TrimAll(isClean: true);
        Assert.IsTrue(_elements.Knows([200, 9]));
        _elements.Set([200, 9], Value(1));
        TrimAll(isClean: true);
        Assert.IsFalse(_elements.Knows([200, 9]));
        Assert.IsFalse(Collection.Paged(new CollectionRow([(200, 1)], 0, HasCounters: false)).Knows([200, 9]));
    }

    [TestMethod]
    public void Trim_UsedElement_StaysForOneRound()
    {
        _elements.Load([200, 1], Value(1));
        _elements.Trim(isClean: true, isUrgent: false, _rules);
        Assert.IsTrue(_elements.Knows([200, 1]));
        _elements.Trim(isClean: true, isUrgent: false, _rules);
        Assert.IsFalse(_elements.Knows([200, 1]));
    }

    [TestMethod]
    public void Trim_WhileScanned_KeepsWhatChangedUnlessUrgent()
    {
        _elements.Load([200, 1], Value(1));
        _elements.Set([200, 2], Value(1));
        _elements.Scans = 1;
        TrimAll(isClean: true);
        Assert.IsFalse(_elements.Knows([200, 1]));
        Assert.IsTrue(_elements.Knows([200, 2]));
        int epoch = _elements.TrimEpoch;
        _elements.Trim(isClean: true, isUrgent: true, _rules);
        Assert.IsFalse(_elements.Knows([200, 2]));
        Assert.AreNotEqual(epoch, _elements.TrimEpoch, "pages read before are out of date");
    }

    [TestMethod]
    public void Trim_PinnedElement_StaysUntilReleased()
    {
        _elements.Load([200, 1], Value(1));
        ElementPin pin = _elements.Pins.Add([200, 1]);
        TrimAll(isClean: true);
        Assert.IsTrue(_elements.Knows([200, 1]));
        pin.Release();
        TrimAll(isClean: true);
        Assert.IsFalse(_elements.Knows([200, 1]));
    }

    [TestMethod]
    public void Forget_AfterAChangeOfAnUnknownElement_KnowsNothingAgain()
    {
        _elements.Load([200, 1], Value(1));
        TrimAll(isClean: true);
        _elements.Set([200, 1], Value(2));
        Assert.AreEqual(2, _elements.CountOf(200));
        _elements.Forget([200, 1]);
        Assert.IsFalse(_elements.Knows([200, 1]));
        Assert.AreEqual(1, _elements.CountOf(200));
        Assert.AreEqual(0, _elements.Tree.TakeDirty().Count());
    }

    [TestMethod]
    public void Restore_AfterEmpty_IsAsBefore()
    {
        _elements.Load([200, 1], Value(1));
        TrimAll(isClean: true);
        int generation = _elements.Generation;
        CollectionContent before = _elements.Empty();
        Assert.IsFalse(_elements.IsVisible);
        Assert.IsFalse(_elements.IsPaged);
        Assert.AreNotEqual(generation, _elements.Generation);
        _elements.Restore(before);
        Assert.IsTrue(_elements.IsPaged);
        Assert.AreEqual(1, _elements.CountOf(200));
        Assert.AreEqual(generation, _elements.Generation);
        Assert.IsFalse(_elements.IsPurgePending);
    }

    private static RecordState Value(byte content) => new() { Payload = [content], Length = 1 };

    private void TrimAll(bool isClean)
    {
        // Once to clear the marks of use, once to drop.
        _elements.Trim(isClean, isUrgent: false, _rules);
        _elements.Trim(isClean, isUrgent: false, _rules);
    }
}
