using System.Text;
using Marekvs.Host.Resp;

namespace Marekvs.Host.Tests.Resp;

/// <summary>Random bytes that are nearly RESP, cut at random: nothing throws, and cuts never change what is found.
/// </summary>
[TestClass]
public sealed class RespReaderFuzzTests
{
    private static readonly string[] Pieces =
    [
        "*1\r\n", "*2\r\n", "*3\r\n", "*0\r\n", "*-1\r\n", "*999999999\r\n", "*1000000\r\n", "*-99999999999999999999\r\n",
        "$4\r\n", "$0\r\n\r\n", "$-1\r\n", "$536870912\r\n", "$99999999999\r\n", "$1\r\na\r\n", "PING\r\n", "\r\n", "\r", "\n",
        "*", "$", "-", ":", "set a b\r\n", "\"", "'", "\\x41", "\0", " ", "\u00ff\u00fe", "GET\r\n", "$3\r\nGET\r\n",
        "1", "12345678901234567890",
    ];

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    public void Read_NearlyResp_IsTheSameHoweverItIsCut(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 20_000; round++)
        {
            StringBuilder text = new();
            int pieces = random.Next(1, 14);
            for (int i = 0; i < pieces; i++)
            {
                text.Append(Pieces[random.Next(Pieces.Length)]);
            }

            string bytes = text.ToString();
            int[] cuts = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(bytes.Length)).Order()];
            CollectionAssert.AreEqual(
                ReaderProbe.ReadAll(bytes).ToArray(),
                ReaderProbe.ReadAll(bytes, cuts).ToArray(),
                $"seed {seed}, round {round}: {bytes} cut at {string.Join(' ', cuts)}");
        }
    }

    [TestMethod]
    [DataRow(5)]
    [DataRow(6)]
    public void Read_Garbage_EndsInAnAnswer(int seed)
    {
        Random random = new(seed);
        byte[] chunk = new byte[4096];
        for (int round = 0; round < 2_000; round++)
        {
            random.NextBytes(chunk);
            RespReader reader = new();
            int position = 0;
            ReadStatus status = ReadStatus.Command;
            while (status == ReadStatus.Command)
            {
                int before = position;
                status = reader.Read(chunk, ref position);
                Assert.IsTrue(position > before || status != ReadStatus.Command, "a command takes bytes");
            }

            reader.Close();
        }
    }
}
