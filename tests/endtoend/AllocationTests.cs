using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;
using Marekvs.Modules.Strings;
using Marekvs.Storage.Engine;
using Marekvs.Testing;

namespace Marekvs.EndToEnd;

/// <summary>Requests on resident keys leave no garbage: what a request allocates is what it stores.</summary>
[TestClass]
public sealed class AllocationTests
{
    private const int WarmUps = 2_000;
    private const int Requests = 10_000;
    private const int ValueBytes = 100;

    /// <summary>What happens once in thousands of requests, a journal segment taken into use, say, is not counted.
    /// </summary>
    private const double StrayBytesMax = 0.5;

    [TestMethod]
    [DataRow("GET string")]
    [DataRow("STRLEN string")]
    [DataRow("INCR counter")]
    [Timeout(60_000)]
    public async Task Request_OnResidentKey_AllocatesNothing(string line) =>
        Assert.IsLessThan(StrayBytesMax, await MeasureAsync(line));

    [TestMethod]
    [Timeout(60_000)]
    public async Task Set_ValueOfTheSameSize_AllocatesNothing() =>
        Assert.IsLessThan(StrayBytesMax, await MeasureAsync($"SET string {new string('w', ValueBytes)}"));

    /// <returns>Bytes a request on average.</returns>
    private static async Task<double> MeasureAsync(string line)
    {
        await using var runner = new KeyspaceRunner(new StringsModule());
        runner.Keyspace.EnabledEvents = KeyspaceEvents.None;
        runner.Run($"SET string {new string('v', ValueBytes)}");
        runner.Run("SET counter 1000000");
        IReadOnlyList<string> args = CommandLine.Split(line);
        CommandSpec command = runner.Modules.Find(args)!;
        byte[] bytes = Encoding.Latin1.GetBytes(string.Concat(args));
        var ranges = new ArgumentRange[args.Count];
        for (int i = 0, offset = 0; i < args.Count; offset += args[i].Length, i++)
        {
            ranges[i] = new ArgumentRange(offset, args[i].Length);
        }

        var writer = new RespWriter();
        Repeat(WarmUps);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(Requests);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Requests;

        void Repeat(int times)
        {
            for (int i = 0; i < times; i++)
            {
                writer.Clear();
                ExecuteOutcome outcome = runner.Keyspace.Execute(
                    command, new CommandArgs(bytes, ranges), runner.Connection, writer, runner.Connection.Ticket);
                Assert.AreEqual(ExecuteOutcome.Done, outcome);
            }
        }
    }
}
