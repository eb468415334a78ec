using System.Text;
using Marekvs.Abstractions.Rdb;

namespace Marekvs.Abstractions.Tests.Rdb;

[TestClass]
public sealed class ListpackTests
{
    private static readonly string[] Entries =
    [
        "", "a", "0", "127", "128", "-1", "4095", "4096", "-4096", "-4097", "32767", "32768", "-32768", "-32769",
        "8388607", "8388608", "-8388608", "-8388609", "2147483647", "2147483648", "-2147483648", "-2147483649",
        "9223372036854775807", "-9223372036854775808", "9223372036854775808", "007", "-0", "+1",
        new string('x', 63), new string('x', 64), new string('x', 126), new string('y', 4095), new string('y', 4096),
        new string('z', 16381), new string('z', 70_000), "last",
    ];

    [TestMethod]
    public void Complete_EntriesOfAllForms_ReadBackTheSame()
    {
        var writer = new ListpackWriter();
        foreach (string entry in Entries)
        {
            writer.Add(Encoding.ASCII.GetBytes(entry));
        }

        CollectionAssert.AreEqual(Entries, Read(writer.Complete().ToArray()));
    }

    [TestMethod]
    public void Complete_FewEntries_HasThePublishedBytes()
    {
        var writer = new ListpackWriter();
        writer.Add("1"u8);
        writer.Add("ab"u8);
        CollectionAssert.AreEqual(
            new byte[] { 13, 0, 0, 0, 2, 0, 1, 1, 0x82, (byte)'a', (byte)'b', 3, 0xFF }, writer.Complete().ToArray());
    }

    [TestMethod]
    public void MoveNext_DamagedBytes_EndsOrRefuses()
    {
        var writer = new ListpackWriter();
        foreach (string entry in Entries.Where(entry => entry.Length < 70))
        {
            writer.Add(Encoding.ASCII.GetBytes(entry));
        }

        Damage.Each(writer.Complete().ToArray(), 20_000, damaged => Read(damaged));
    }

    private static List<string> Read(byte[] listpack)
    {
        var entries = new List<string>();
        var reader = new ListpackReader(listpack);
        while (reader.MoveNext())
        {
            entries.Add(Encoding.ASCII.GetString(reader.Current));
        }

        return entries;
    }
}
