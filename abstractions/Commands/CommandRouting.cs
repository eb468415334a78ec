namespace Marekvs.Abstractions.Commands;

/// <summary>Tells whether a call is one that the owner of its keys must run.</summary>
/// <param name="args">The whole command. Arity is already checked.</param>
public delegate bool RoutingTest(CommandArgs args);

/// <summary>
/// Which calls of a command have to run in one place, where there are several nodes: those that take something away to
/// give it to one client only, and those that do something on a condition. While the owner of their keys can be reached it
/// runs them, so that the cluster answers as one node would.
/// </summary>
public sealed class CommandRouting
{
    private readonly RoutingTest? _test;

    private CommandRouting(RoutingTest? test) => _test = test;

    /// <summary>Every call.</summary>
    public static CommandRouting Always { get; } = new(test: null);

    /// <summary>Every call; it takes something from the first of its keys that has some, and each of them may be asked
    /// of its own owner. Keys and timeout stand as in BLPOP, LMPOP or BLMPOP.</summary>
    public static CommandRouting FirstWithSome { get; } = new(test: null);

    /// <summary>Calls on counters whose answers the operator wants to be unique.</summary>
    public static CommandRouting Counter { get; } = new(test: null);

    /// <summary>Calls that the arguments tell, as SET with NX is.</summary>
    /// <param name="test">Tells them.</param>
    public static CommandRouting When(RoutingTest test) => new(test);

    /// <summary>Whether a call is such a one.</summary>
    /// <param name="args">The whole command; the arity fits.</param>
    public bool AppliesTo(CommandArgs args) => _test is null || _test(args);
}
