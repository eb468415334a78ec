using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Lists;

/// <summary>LPOS: where a value stands.</summary>
internal static class ListSearch
{
    internal static Reply Find(in CommandCall call)
    {
        if (!SearchOptions.TryParse(call.Args, out SearchOptions options, out Reply error))
        {
            return error;
        }

        if (!call.TryOpen(call.Args[1], ListRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        return options.Count is long count
            ? FindMany(call, key, options, count == 0 ? long.MaxValue : count)
            : FindOne(call, key, options);
    }

    private static Reply FindOne(in CommandCall call, Key key, SearchOptions options)
    {
        var search = new Matches(key, call.Args[2], options);
        return search.MoveNext() ? Reply.Integer(search.Index) : Reply.Nil;
    }

    private static Reply FindMany(in CommandCall call, Key key, SearchOptions options, long most)
    {
        var found = new List<long>();
        var search = new Matches(key, call.Args[2], options);
        while (found.Count < most && search.MoveNext())
        {
            found.Add(search.Index);
        }

        call.Writer.Array(found.Count);
        foreach (long index in found)
        {
            call.Writer.Integer(index);
        }

        return Reply.Written;
    }

    /// <summary>Goes through the elements that hold a value, from the wanted rank on.</summary>
    private ref struct Matches
    {
        private readonly ReadOnlySpan<byte> _value;
        private readonly ElementCursor _walk;
        private readonly long _length;
        private readonly bool _isReverse;
        private long _comparisonsLeft;
        private long _leftOut;
        private long _visited;

        internal Matches(Key key, ReadOnlySpan<byte> value, in SearchOptions options)
        {
            _value = value;
            _isReverse = options.Rank < 0;
            _walk = ListRecord.WalkFrom(key, _isReverse ? ListEnd.Right : ListEnd.Left);
            _length = key.Count(ListRecord.Type);
            _comparisonsLeft = options.ComparisonsMax == 0 ? long.MaxValue : options.ComparisonsMax;
            _leftOut = Math.Abs(options.Rank) - 1;
        }

        /// <summary>The index of the current match.</summary>
        internal readonly long Index => _isReverse ? _length - _visited : _visited - 1;

        internal bool MoveNext()
        {
            while (_comparisonsLeft-- > 0 && _walk.MoveNext())
            {
                _visited++;
                if (ListRecord.ValueAt(_walk).SequenceEqual(_value) && _leftOut-- <= 0)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary><c>[RANK rank] [COUNT count] [MAXLEN length]</c>.</summary>
    private readonly record struct SearchOptions(long Rank, long? Count, long ComparisonsMax)
    {
        internal static bool TryParse(CommandArgs args, out SearchOptions options, out Reply error)
        {
            options = new SearchOptions(Rank: 1, Count: null, ComparisonsMax: 0);
            error = default;
            for (int i = 3; i < args.Count && !error.IsError; i += 2)
            {
                ReadOnlySpan<byte> word = args[i];
                ReadOnlySpan<byte> value = i + 1 < args.Count ? args[i + 1] : default;
                if (i + 1 == args.Count)
                {
                    error = Reply.SyntaxError;
                }
                else if (Ascii.EqualsIgnoreCase(word, "RANK"u8))
                {
                    error = ParseRank(value, out long rank);
                    options = options with { Rank = rank };
                }
                else if (Ascii.EqualsIgnoreCase(word, "COUNT"u8))
                {
                    error = ParseNumber(value, "ERR COUNT can't be negative"u8, out long count);
                    options = options with { Count = count };
                }
                else if (Ascii.EqualsIgnoreCase(word, "MAXLEN"u8))
                {
                    error = ParseNumber(value, "ERR MAXLEN can't be negative"u8, out long most);
                    options = options with { ComparisonsMax = most };
                }
                else
                {
                    error = Reply.SyntaxError;
                }
            }

            return !error.IsError;
        }

        private static Reply ParseRank(ReadOnlySpan<byte> text, out long rank)
        {
            if (!RedisNumber.TryParseInt64(text, out rank))
            {
                return Reply.Error(RespErrors.NotInteger);
            }

            return rank switch
            {
                0 => Reply.Error(
                    "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... "u8 +
                    "or use negative to start from the end of the list"u8),
                long.MinValue => Reply.Error(
                    $"ERR value is out of range, value must between {-long.MaxValue} and {long.MaxValue}"),
                _ => default,
            };
        }

        private static Reply ParseNumber(ReadOnlySpan<byte> text, ReadOnlySpan<byte> mistake, out long number) =>
            RedisNumber.TryParseInt64(text, out number) && number >= 0 ? default : Reply.Error(mistake);
    }
}
