using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Lists;

/// <summary>One push of values, one after another, without a look at the list.</summary>
/// <param name="end">Where they go.</param>
internal struct ListPush(ListEnd end)
{
    private const int ValueBytesOnStack = 512;

    private int _index;

    /// <summary>Pushes the next value.</summary>
    internal void Add(Key key, ReadOnlySpan<byte> value)
    {
        if (_index > ushort.MaxValue)
        {
            key.RenewDot();
            _index = 0;
        }

        Span<byte> position = stackalloc byte[ListPosition.RootBytes];
        ListPosition.WritePushed(position, end, key.Dot, (ushort)_index++);
        Put(key, position, value);
    }

    /// <summary>Puts a new element at a position made of the call's dot.</summary>
    internal static void Put(Key key, ReadOnlySpan<byte> position, ReadOnlySpan<byte> value)
    {
        int length = value.Length + 1;
        Span<byte> payload = length <= ValueBytesOnStack ? stackalloc byte[ValueBytesOnStack] : new byte[length];
        ListValue.WritePushed(payload, value);
        key.Put(ListRecord.Kind, position, payload[..length], new PutOptions(isNew: true));
    }
}
