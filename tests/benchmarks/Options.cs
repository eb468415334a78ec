using System.Globalization;

namespace Marekvs.Benchmarks;

/// <summary>A mistake on the command line.</summary>
internal sealed class OptionException(string message) : Exception(message);

/// <summary>The options of a command line: <c>--name value</c>, each asked for once.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _values;

    private Options(Dictionary<string, string> values) => _values = values;

    public static Options Parse(IEnumerable<string> arguments)
    {
        var values = new Dictionary<string, string>();
        foreach (string[] pair in arguments.Chunk(2))
        {
            if (pair.Length != 2 || !pair[0].StartsWith("--", StringComparison.Ordinal))
            {
                throw new OptionException($"expected --name value, found: {string.Join(' ', pair)}");
            }

            values[pair[0][2..]] = pair[1];
        }

        return new Options(values);
    }

    public string Text(string name, string otherwise) => _values.Remove(name, out string? value) ? value : otherwise;

    public int Number(string name, int otherwise)
    {
        string text = Text(name, otherwise.ToString(CultureInfo.InvariantCulture));
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number
            : throw new OptionException($"--{name} is {text}, which is not a number above 0");
    }

    public IReadOnlyList<string> Words(string name, string otherwise) =>
        Text(name, otherwise).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Refuses what nobody asked for.</summary>
    public void RejectUnknown()
    {
        if (_values.Count > 0)
        {
            throw new OptionException($"unknown options: --{string.Join(", --", _values.Keys)}");
        }
    }
}
