using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Keys;

/// <summary>SORT and SORT_RO.</summary>
internal static class KeySorts
{
    internal static Reply Sort(in CommandCall call) => Sort(call, mayStore: true);

    internal static Reply SortReadOnly(in CommandCall call) => Sort(call, mayStore: false);

    private static Reply Sort(in CommandCall call, bool mayStore)
    {
        if (!SortOptions.TryParse(call, mayStore, out SortOptions options, out Reply error))
        {
            return error;
        }

        Key key = call.Open(call.Args[1]);
        if (key.Exists && key.Type!.Sort is null)
        {
            return Reply.WrongType;
        }

        // Of a set without an order there is none to keep; what is stored should not depend on where it is.
        bool isStored = options.StoreAt > 0;
        bool isForced = options.KeepsOrder && isStored && key.Type is { Sort.IsOrdered: false };
        long length = key.Type is { } type ? key.Count(type) : 0;
        (long first, long last) = RangeOf(options, length);
        List<SortEntry> chosen;
        if (options.KeepsOrder && !isForced)
        {
            chosen = Take(key, options.IsDescending, first, last - first + 1);
        }
        else
        {
            SortEntry[] entries = [.. Take(key, isDescending: false, 0, length)];
            bool isAlphabetic = options.IsAlphabetic || isForced;
            if (!TryWeigh(call, entries, isForced ? null : options.By, isAlphabetic))
            {
                return Reply.Error("ERR One or more scores can't be converted into double"u8);
            }

            Array.Sort(entries, (a, b) => SortEntry.Compare(a, b, isAlphabetic, options.IsDescending));
            chosen = [.. entries.Skip((int)first).Take((int)(last - first + 1))];
        }

        return isStored ? Store(call, options, chosen) : Answer(call, options, chosen);
    }

    /// <summary>The first and the last element that LIMIT lets through; the last lies before the first when there is none.
    /// </summary>
    private static (long First, long Last) RangeOf(SortOptions options, long length)
    {
        long first = Math.Clamp(options.Offset, 0, length);
        long count = Math.Clamp(options.Count, -1, length);
        return first >= length ? (0, -1)
            : (first, count < 0 ? length - 1 : Math.Min(first + count, length) - 1);
    }

    /// <summary>Elements in their own order, or against it where it means something.</summary>
    private static List<SortEntry> Take(Key key, bool isDescending, long first, long count)
    {
        var taken = new List<SortEntry>();
        if (key.Type?.Sort is not { } form)
        {
            return taken;
        }

        ElementCursor walk = isDescending && form.IsOrdered
            ? ReverseFrom(key, form, first)
            : key.ScanAt(form.Kind, first);
        while (taken.Count < count && walk.MoveNext())
        {
            taken.Add(new SortEntry(form.ValueOf(walk).ToArray(), taken.Count));
        }

        return taken;
    }

    private static ElementCursor ReverseFrom(Key key, SortForm form, long index)
    {
        ElementCursor walk = key.Scan(form.Kind, reverse: true);
        while (index > 0 && walk.MoveNext())
        {
            index--;
        }

        return walk;
    }

    private static bool TryWeigh(in CommandCall call, SortEntry[] entries, SortPattern? by, bool isAlphabetic)
    {
        bool areFit = true;
        foreach (SortEntry entry in entries)
        {
            byte[]? weight = by is null ? entry.Element : by.Read(call, entry.Element);
            areFit &= entry.TryWeigh(weight, isAlphabetic);
        }

        return areFit;
    }

    private static Reply Answer(in CommandCall call, SortOptions options, List<SortEntry> entries)
    {
        RespWriter writer = call.Writer;
        writer.Array((long)entries.Count * Math.Max(1, options.Get.Count));
        foreach (SortEntry entry in entries)
        {
            if (options.Get.Count == 0)
            {
                writer.Bulk(entry.Element);
            }

            foreach (SortPattern pattern in options.Get)
            {
                if (pattern.Read(call, entry.Element) is { } value)
                {
                    writer.Bulk(value);
                }
                else
                {
                    writer.Nil();
                }
            }
        }

        return Reply.Written;
    }

    /// <summary>Stores the result in place of what the destination held; an empty one leaves no key.</summary>
    private static Reply Store(in CommandCall call, SortOptions options, List<SortEntry> entries)
    {
        if (call.Keyspace.Types.FirstOrDefault(type => type.Sort?.Append is not null)?.Sort?.Append is not { } append)
        {
            return Reply.Error("ERR no module that has lists is loaded"u8);
        }

        var values = new List<byte[]>();
        foreach (SortEntry entry in entries)
        {
            if (options.Get.Count == 0)
            {
                values.Add(entry.Element);
            }

            foreach (SortPattern pattern in options.Get)
            {
                values.Add(pattern.Read(call, entry.Element) ?? []);
            }
        }

        Key destination = call.Open(call.Args[options.StoreAt]);
        bool existed = destination.Delete();
        if (values.Count > 0)
        {
            append(destination, values);
            call.Keyspace.Notify(KeyspaceEvents.List, "sortstore", destination.Name);
        }
        else if (existed)
        {
            call.Keyspace.Notify(KeyspaceEvents.Generic, "del", destination.Name);
        }

        return Reply.Integer(values.Count);
    }
}
