using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Abstractions.Rdb;

/// <summary>Writes an existing key's value: begins it with <see cref="RdbWriter.BeginValue"/>, then its parts.</summary>
/// <param name="key">The key.</param>
/// <param name="writer">Receives the value.</param>
public delegate void RdbValueWriter(Key key, RdbWriter writer);

/// <summary>
/// Reads a value into a key without content. The bytes may be hostile: what does not follow the format ends in a
/// <see cref="RecordFormatException"/>, and what was written by then is undone.
/// </summary>
/// <param name="valueType">The byte that says how the value is encoded, one of <see cref="RdbForm.ValueTypes"/>.</param>
/// <param name="reader">Stands behind that byte; nothing may be left when the value is read.</param>
/// <param name="key">Receives the value; a value without elements is a mistake.</param>
public delegate void RdbValueReader(byte valueType, ref RdbReader reader, Key key);

/// <summary>How a type's values look in Redis's RDB format, in which DUMP writes and RESTORE reads them.</summary>
/// <param name="write">Writes a value, in the encoding that Redis would choose.</param>
/// <param name="read">Reads a value.</param>
/// <param name="valueTypes">Every encoding that can be read; see <see cref="RdbValueType"/>.</param>
public sealed class RdbForm(RdbValueWriter write, RdbValueReader read, params byte[] valueTypes)
{
    /// <summary>Writes a value.</summary>
    public RdbValueWriter Write { get; } = write;

    /// <summary>Reads a value.</summary>
    public RdbValueReader Read { get; } = read;

    /// <summary>The encodings that can be read.</summary>
    public IReadOnlyList<byte> ValueTypes { get; } = valueTypes;
}
