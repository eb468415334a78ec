using Marekvs.Cluster.Gossip.Transport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Marekvs.Cluster.Tests.Transport;

[TestClass]
public sealed class ComplaintsTests : ILogger
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _lines = [];
    private readonly Complaints _complaints;

    public ComplaintsTests() => _complaints = new Complaints(_time, this);

    [TestMethod]
    public void SameAgain_IsToldOnceInAWhile_WithItsCount()
    {
        for (int i = 0; i < 100; i++)
        {
            _complaints.Tell("Node 2", "nonsense");
        }

        CollectionAssert.AreEqual((string[])["Node 2: nonsense"], _lines);
        _time.Advance(TimeSpan.FromSeconds(31));
        _complaints.Tell("Node 2", "rubbish");
        Assert.AreEqual("Node 2: rubbish (100 times since this was last told)", _lines[^1]);
    }

    [TestMethod]
    public void Patience_PassesOverWhatIsSoonOver()
    {
        var patience = TimeSpan.FromSeconds(3);
        _complaints.Tell("Node 2", "not known yet", patience);
        _time.Advance(TimeSpan.FromSeconds(60));
        _complaints.Tell("Node 2", "not known yet", patience);
        Assert.IsEmpty(_lines);

        _time.Advance(TimeSpan.FromSeconds(4));
        _complaints.Tell("Node 2", "not known yet", patience);
        Assert.HasCount(1, _lines);
    }

    [TestMethod]
    public void ManyPlaces_AreToldAsOne()
    {
        for (int i = 0; i < 10_000; i++)
        {
            _complaints.Tell($"Place {i}", "nonsense");
        }

        Assert.IsLessThan(300, _lines.Count);
        Assert.AreEqual("Many others: nonsense", _lines[^1]);

        _time.Advance(TimeSpan.FromSeconds(31));
        _complaints.Tell("Node 2", "nonsense");
        Assert.AreEqual("Node 2: nonsense", _lines[^1]);
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) => _lines.Add(formatter(state, exception));
}
