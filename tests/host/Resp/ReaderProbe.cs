using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Host.Resp;

namespace Marekvs.Host.Tests.Resp;

/// <summary>Feeds bytes to a reader in chunks and writes down what it finds, one line per command or error.</summary>
internal sealed class ReaderProbe
{
    private readonly List<string> _found = [];

    public RespReader Reader { get; } = new();

    /// <summary>What was found: arguments in brackets, or the error.</summary>
    public IReadOnlyList<string> Found => _found;

    public bool HasFailed { get; private set; }

    public static IReadOnlyList<string> ReadAll(string text, params int[] cuts)
    {
        ReaderProbe probe = new();
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        int start = 0;
        foreach (int cut in cuts.Append(bytes.Length))
        {
            probe.Feed(bytes.AsSpan(start, cut - start));
            start = cut;
        }

        return probe.Found;
    }

    public void Feed(string text) => Feed(Encoding.Latin1.GetBytes(text));

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        // A chunk of its own, overwritten afterwards: nothing may be kept in it.
        byte[] chunk = bytes.ToArray();
        int position = 0;
        while (!HasFailed && position < chunk.Length)
        {
            switch (Reader.Read(chunk, ref position))
            {
                case ReadStatus.Command:
                    _found.Add(Show(Reader.Args(chunk)));
                    break;
                case ReadStatus.ProtocolError:
                    _found.Add($"! {Encoding.Latin1.GetString(Reader.Error)}");
                    HasFailed = true;
                    break;
                case ReadStatus.TooLarge:
                    _found.Add("! too large");
                    HasFailed = true;
                    break;
                default:
                    Assert.AreEqual(chunk.Length, position, "more is needed only when all is taken");
                    break;
            }
        }

        Array.Fill(chunk, (byte)'#');
    }

    public static string Show(CommandArgs args)
    {
        StringBuilder text = new();
        for (int i = 0; i < args.Count; i++)
        {
            text.Append('[').Append(Encoding.Latin1.GetString(args[i])).Append(']');
        }

        return text.ToString();
    }
}
