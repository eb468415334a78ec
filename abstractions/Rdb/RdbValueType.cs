namespace Marekvs.Abstractions.Rdb;

/// <summary>The byte that begins a value in the RDB format and says how it is encoded.</summary>
public static class RdbValueType
{
    /// <summary>One string.</summary>
    public const byte String = 0;

    /// <summary>A count and that many elements; Redis before 2.2, or a list with long ones.</summary>
    public const byte List = 1;

    /// <summary>A count and that many members.</summary>
    public const byte Set = 2;

    /// <summary>A count and that many pairs of member and score, the latter as text behind its length; Redis before 4.0.
    /// </summary>
    public const byte Zset = 3;

    /// <summary>A count and that many pairs of field and value.</summary>
    public const byte Hash = 4;

    /// <summary>A count and that many pairs of member and score, the latter as 8 bytes.</summary>
    public const byte Zset2 = 5;

    /// <summary>A string that holds a zipmap; Redis before 2.6.</summary>
    public const byte HashZipmap = 9;

    /// <summary>A string that holds a ziplist of elements; Redis before 3.2.</summary>
    public const byte ListZiplist = 10;

    /// <summary>A string that holds an <see cref="Intset"/>.</summary>
    public const byte SetIntset = 11;

    /// <summary>A string that holds a ziplist of members and scores in turn; Redis before 7.0.</summary>
    public const byte ZsetZiplist = 12;

    /// <summary>A string that holds a ziplist of fields and values in turn; Redis before 7.0.</summary>
    public const byte HashZiplist = 13;

    /// <summary>A count and that many strings, each a ziplist of elements; Redis before 7.0.</summary>
    public const byte ListQuicklist = 14;

    /// <summary>A string that holds a listpack of fields and values in turn.</summary>
    public const byte HashListpack = 16;

    /// <summary>A string that holds a listpack of members and scores in turn.</summary>
    public const byte ZsetListpack = 17;

    /// <summary>A count and that many nodes: 1 and an element, or 2 and a string that holds a listpack of elements.
    /// </summary>
    public const byte ListQuicklist2 = 18;

    /// <summary>A string that holds a listpack of members; Redis from 7.2 on.</summary>
    public const byte SetListpack = 20;

    /// <summary>Earliest deadline, count, and for each field its time to live after that, field and value; Redis from
    /// 7.4 on.</summary>
    public const byte HashMetadata = 24;

    /// <summary>Earliest deadline, and a string that holds a listpack of fields, values and deadlines in turn; Redis from
    /// 7.4 on.</summary>
    public const byte HashListpackMetadata = 25;

    /// <summary>A stream: packed nodes, the last id, groups; Redis before 7.0.</summary>
    public const byte Stream = 15;

    /// <summary>A stream that knows its first and largest deleted id, and what was added and read; Redis 7.0.</summary>
    public const byte Stream2 = 19;

    /// <summary>A stream whose consumers say when they were last active; Redis from 7.2 on.</summary>
    public const byte Stream3 = 21;
}
