using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Modules.Zsets;

/// <summary>What ZADD is told before its scores.</summary>
internal readonly struct AddOptions
{
    private readonly bool _onlyNew;
    private readonly bool _onlyGreater;
    private readonly bool _onlyLess;

    private AddOptions(bool increments, bool onlyNew, bool onlyThere, bool onlyGreater, bool onlyLess, bool countsChanged)
    {
        Increments = increments;
        _onlyNew = onlyNew;
        OnlyThere = onlyThere;
        _onlyGreater = onlyGreater;
        _onlyLess = onlyLess;
        CountsChanged = countsChanged;
    }

    /// <summary>Whether the score is added to the one there is, as ZINCRBY does.</summary>
    internal bool Increments { get; }

    /// <summary>Whether members are changed but none is added.</summary>
    internal bool OnlyThere { get; }

    /// <summary>Whether the answer counts changed members too.</summary>
    internal bool CountsChanged { get; }

    /// <summary>How the score meets concurrent ones.</summary>
    internal DotState Mark => _onlyGreater ? DotState.LiveGreatest
        : _onlyLess ? DotState.LiveLeast
        : _onlyNew ? DotState.LiveIfFirst
        : DotState.Live;

    /// <summary>Whether a member may be given a score.</summary>
    /// <param name="isThere">Whether it has one.</param>
    /// <param name="current">The score it has.</param>
    /// <param name="score">The score it would have.</param>
    internal bool Allow(bool isThere, double current, double score) => isThere
        ? !_onlyNew && !(_onlyGreater && score <= current) && !(_onlyLess && score >= current)
        : !OnlyThere;

    /// <summary>Reads the options.</summary>
    /// <param name="args">The command.</param>
    /// <param name="increments">Whether the command is ZINCRBY.</param>
    /// <param name="options">The options.</param>
    /// <param name="first">The first score.</param>
    /// <param name="error">What is wrong.</param>
    /// <returns>False when something is.</returns>
    internal static bool TryParse(
        CommandArgs args, bool increments, out AddOptions options, out int first, out Reply error)
    {
        bool onlyNew = false;
        bool onlyThere = false;
        bool onlyGreater = false;
        bool onlyLess = false;
        bool countsChanged = false;
        bool isOption = true;
        for (first = 2; isOption && first < args.Count; first += isOption ? 1 : 0)
        {
            ReadOnlySpan<byte> word = args[first];
            bool isNx = Ascii.EqualsIgnoreCase(word, "NX"u8);
            bool isXx = Ascii.EqualsIgnoreCase(word, "XX"u8);
            bool isGt = Ascii.EqualsIgnoreCase(word, "GT"u8);
            bool isLt = Ascii.EqualsIgnoreCase(word, "LT"u8);
            bool isCh = Ascii.EqualsIgnoreCase(word, "CH"u8);
            bool isIncr = Ascii.EqualsIgnoreCase(word, "INCR"u8);
            isOption = isNx || isXx || isGt || isLt || isCh || isIncr;
            onlyNew |= isNx;
            onlyThere |= isXx;
            onlyGreater |= isGt;
            onlyLess |= isLt;
            countsChanged |= isCh;
            increments |= isIncr;
        }

        int rest = args.Count - first;
        options = new AddOptions(increments, onlyNew, onlyThere, onlyGreater, onlyLess, countsChanged);
        error = rest == 0 || rest % 2 != 0 ? Reply.SyntaxError
            : onlyNew && onlyThere
                ? Reply.Error("ERR XX and NX options at the same time are not compatible"u8)
            : (onlyNew && (onlyGreater || onlyLess)) || (onlyGreater && onlyLess)
                ? Reply.Error("ERR GT, LT, and/or NX options at the same time are not compatible"u8)
            : increments && rest > 2
                ? Reply.Error("ERR INCR option supports a single increment-element pair"u8)
            : default;
        return !error.IsError;
    }
}
