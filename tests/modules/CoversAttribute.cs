namespace Marekvs.Modules.Tests;

/// <summary>Names the commands a test class covers besides the one it is named for.</summary>
/// <param name="commands">Names as in the command table.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CoversAttribute(params string[] commands) : Attribute
{
    /// <summary>The names.</summary>
    public IReadOnlyList<string> Commands { get; } = commands;
}
