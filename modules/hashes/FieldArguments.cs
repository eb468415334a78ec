using System.Text;
using Marekvs.Abstractions.Commands;

namespace Marekvs.Modules.Hashes;

/// <summary>Reads the part <c>FIELDS numfields field ...</c> that ends a command.</summary>
internal static class FieldArguments
{
    /// <summary>Finds the fields.</summary>
    /// <param name="args">The command.</param>
    /// <param name="at">Where the word FIELDS must stand.</param>
    /// <param name="error">What to answer when the part is wrong.</param>
    /// <param name="notPositive">The error for a number of fields that is none.</param>
    /// <returns>False when it is wrong; else the fields are all arguments from <paramref name="at"/> + 2 on.</returns>
    internal static bool TryRead(CommandArgs args, int at, out Reply error, ReadOnlySpan<byte> notPositive)
    {
        error = default;
        if (at >= args.Count || !Ascii.EqualsIgnoreCase(args[at], "FIELDS"u8))
        {
            error = Reply.Error("ERR Mandatory argument FIELDS is missing or not at the right position"u8);
        }
        else if (at + 1 >= args.Count || !RedisNumber.TryParseInt64(args[at + 1], out long count) || count < 1)
        {
            error = Reply.Error(notPositive);
        }
        else if (count != args.Count - at - 2)
        {
            error = Reply.Error("ERR The `numfields` parameter must match the number of arguments"u8);
        }

        return !error.IsError;
    }

    /// <summary>As <see cref="TryRead(CommandArgs, int, out Reply, ReadOnlySpan{byte})"/>, with the error that most
    /// commands have.</summary>
    internal static bool TryRead(CommandArgs args, int at, out Reply error) =>
        TryRead(args, at, out error, "ERR Number of fields must be a positive integer"u8);

    /// <summary>The answer to a number of arguments that the arity allows but the command does not.</summary>
    internal static Reply ArityError(scoped in CommandCall call) =>
        Reply.Error($"ERR wrong number of arguments for '{call.Command.Name.ToLowerInvariant()}' command");
}
