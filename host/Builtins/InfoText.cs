using System.Globalization;
using System.Text;

namespace Marekvs.Host.Builtins;

/// <summary>Lines of INFO: <c>name:value</c>.</summary>
internal sealed class InfoText
{
    private readonly StringBuilder _text = new();

    public void Section(string name)
    {
        if (_text.Length > 0)
        {
            _text.Append("\r\n");
        }

        _text.Append(CultureInfo.InvariantCulture, $"# {name}\r\n");
    }

    public void Add(string name, string value) =>
        _text.Append(name).Append(':').Append(value).Append("\r\n");

    public void Add(string name, long value) => Add(name, value.ToString(CultureInfo.InvariantCulture));

    public void Add(string name, bool value) => Add(name, value ? 1 : 0);

    /// <summary>A number with a fixed number of decimals.</summary>
    public void Add(string name, double value, int decimals) =>
        Add(name, value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));

    /// <summary>A size, twice: exact and for people.</summary>
    public void AddBytes(string name, long bytes)
    {
        Add(name, bytes);
        Add(name + "_human", Human(bytes));
    }

    public override string ToString() => _text.ToString();

    private static string Human(long bytes)
    {
        if (bytes < 1024)
        {
            return $"{bytes}B";
        }

        double size = bytes;
        int unit = -1;
        while (size >= 1024 && unit < 4)
        {
            size /= 1024;
            unit++;
        }

        return size.ToString("F2", CultureInfo.InvariantCulture) + "KMGTP"[unit];
    }
}
