using System.Diagnostics.CodeAnalysis;

namespace Marekvs.Abstractions;

/// <summary>A broken promise of our own code: a bug, never a client's or a peer's mistake.</summary>
/// <param name="message">The promise that was broken.</param>
public sealed class InvariantException(string message) : Exception(message);

/// <summary>
/// Checks that stay on in Release. In a handler a broken one closes that connection; in merge, codec or commit it
/// stops the process, because going on could write wrong data.
/// </summary>
public static class Invariant
{
    /// <summary>Checks a condition.</summary>
    /// <param name="condition">What must hold.</param>
    /// <param name="promise">The promise in words.</param>
    /// <exception cref="InvariantException">The condition does not hold.</exception>
    public static void That([DoesNotReturnIf(false)] bool condition, string promise)
    {
        if (!condition)
        {
            throw new InvariantException(promise);
        }
    }
}
