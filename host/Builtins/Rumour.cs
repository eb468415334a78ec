using System.Globalization;
using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Host.Builtins;

/// <summary>
/// LOLWUT: a picture of a rumour. Each line is a round, each column a node; whoever has heard it tells a few others,
/// drawn at random, until all have: <c>LOLWUT [VERSION number] [nodes] [tells]</c>.
/// </summary>
internal static class Rumour
{
    private const long NodesMax = 200;
    private const long TellsMax = 10;

    public static Reply Show(in CommandCall call)
    {
        int first = call.Args.Count > 2 && Ascii.EqualsIgnoreCase(call.Args[1], "VERSION"u8) ? 3 : 1;
        if (first == 3 && !RedisNumber.TryParseInt64(call.Args[2], out _))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        long nodes = 64;
        long tells = 2;
        if ((call.Args.Count > first && !RedisNumber.TryParseInt64(call.Args[first], out nodes)) ||
            (call.Args.Count > first + 1 && !RedisNumber.TryParseInt64(call.Args[first + 1], out tells)))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        string picture = Draw(
            (int)Math.Clamp(nodes, 1, NodesMax), (int)Math.Clamp(tells, 1, TellsMax), call.Keyspace.Random);
        call.Writer.Verbatim(
            Encoding.UTF8.GetBytes($"{picture}\nA rumour. Marekvs ver. {NodeVersion.Marekvs}\n"), "txt"u8);
        return Reply.Written;
    }

    private static string Draw(int nodes, int tells, Random random)
    {
        var picture = new StringBuilder();
        bool[] knows = new bool[nodes];
        bool[] knewBefore = new bool[nodes];
        knows[random.Next(nodes)] = true;
        for (int round = 0; ; round++)
        {
            picture.Append(CultureInfo.InvariantCulture, $"{round,3} ");
            for (int node = 0; node < nodes; node++)
            {
                picture.Append(knewBefore[node] ? '█' : knows[node] ? '▒' : '·');
            }

            picture.Append('\n');
            if (!knewBefore.Contains(false))
            {
                return picture.ToString();
            }

            knows.CopyTo(knewBefore, 0);
            Tell(knows, knewBefore, tells, random);
        }
    }

    private static void Tell(bool[] knows, bool[] tellers, int tells, Random random)
    {
        for (int node = 0; node < tellers.Length; node++)
        {
            for (int i = 0; tellers[node] && i < tells; i++)
            {
                knows[random.Next(knows.Length)] = true;
            }
        }
    }
}
