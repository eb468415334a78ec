using System.Text;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Strings;

/// <summary>LCS: the longest common subsequence of two strings.</summary>
internal static class StringLcs
{
    internal static Reply Compare(in CommandCall call)
    {
        Span<byte> firstScratch = stackalloc byte[CountedValue.ScratchBytes];
        Span<byte> secondScratch = stackalloc byte[CountedValue.ScratchBytes];
        if (!TryRead(call, 1, firstScratch, out ReadOnlySpan<byte> first) ||
            !TryRead(call, 2, secondScratch, out ReadOnlySpan<byte> second))
        {
            return Reply.Error("ERR The specified keys must contain string values"u8);
        }

        if (!Options.TryParse(call.Args, out Options options))
        {
            return options.NotInteger ? Reply.Error(RespErrors.NotInteger) : Reply.SyntaxError;
        }

        if (options.LengthOnly && options.Indexes)
        {
            return Reply.Error("ERR If you want both the length and indexes, please just use IDX."u8);
        }

        if (CommonSubsequence.TableBytes(first.Length, second.Length) > Limits.ValueBytesMax)
        {
            return Reply.Error(
                "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len"u8);
        }

        var common = new CommonSubsequence(first, second);
        if (options.LengthOnly)
        {
            return Reply.Integer(common.Length);
        }

        if (options.Indexes)
        {
            WriteIndexes(call.Writer, common, options);
        }
        else
        {
            WriteText(call.Writer, common, first);
        }

        return Reply.Written;
    }

    private static void WriteText(RespWriter writer, CommonSubsequence common, ReadOnlySpan<byte> first)
    {
        var text = new byte[common.Length];
        int end = text.Length;
        foreach (SharedRun run in common.Runs())
        {
            end -= run.Length;
            first.Slice(run.FirstStart, run.Length).CopyTo(text.AsSpan(end));
        }

        writer.Bulk(text);
    }

    private static void WriteIndexes(RespWriter writer, CommonSubsequence common, Options options)
    {
        List<SharedRun> runs = common.Runs();
        runs.RemoveAll(run => run.Length < options.LengthMin);
        writer.Map(2);
        writer.Bulk("matches"u8);
        writer.Array(runs.Count);
        foreach (SharedRun run in runs)
        {
            writer.Array(options.WithLength ? 3 : 2);
            WriteRange(writer, run.FirstStart, run.Length);
            WriteRange(writer, run.SecondStart, run.Length);
            if (options.WithLength)
            {
                writer.Integer(run.Length);
            }
        }

        writer.Bulk("len"u8);
        writer.Integer(common.Length);
    }

    private static void WriteRange(RespWriter writer, int start, int length)
    {
        writer.Array(2);
        writer.Integer(start);
        writer.Integer(start + length - 1);
    }

    private static bool TryRead(in CommandCall call, int index, Span<byte> scratch, out ReadOnlySpan<byte> text)
    {
        Key key = call.Open(call.Args[index]);
        if (key.TryGet(StringRecord.Kind, default, out ElementValue value))
        {
            text = CountedValue.Read(value, scratch);
            return true;
        }

        text = default;
        return !key.Exists;
    }

    private struct Options
    {
        internal bool LengthOnly { get; private set; }

        internal bool Indexes { get; private set; }

        internal bool WithLength { get; private set; }

        internal long LengthMin { get; private set; }

        internal bool NotInteger { get; private set; }

        internal static bool TryParse(CommandArgs args, out Options options)
        {
            options = default;
            for (int i = 3; i < args.Count; i++)
            {
                ReadOnlySpan<byte> word = args[i];
                if (Ascii.EqualsIgnoreCase(word, "IDX"u8))
                {
                    options.Indexes = true;
                }
                else if (Ascii.EqualsIgnoreCase(word, "LEN"u8))
                {
                    options.LengthOnly = true;
                }
                else if (Ascii.EqualsIgnoreCase(word, "WITHMATCHLEN"u8))
                {
                    options.WithLength = true;
                }
                else if (!Ascii.EqualsIgnoreCase(word, "MINMATCHLEN"u8) || i + 1 >= args.Count)
                {
                    return false;
                }
                else if (RedisNumber.TryParseInt64(args[++i], out long least))
                {
                    options.LengthMin = least;
                }
                else
                {
                    options.NotInteger = true;
                    return false;
                }
            }

            return true;
        }
    }
}
