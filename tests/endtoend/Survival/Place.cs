namespace Marekvs.EndToEnd.Survival;

internal enum PlaceKind
{
    Key,
    Field,
    Member,
    Score,
}

/// <summary>Where a value lies: a string key, a field of a hash, a member of a set, whose value is <see cref="There"/>, or a
/// member of a sorted set, whose value is its score.</summary>
/// <param name="Kind">Which of these.</param>
/// <param name="Key">The key.</param>
/// <param name="Element">The field or member.</param>
internal readonly record struct Place(PlaceKind Kind, string Key, string Element)
{
    /// <summary>What a member holds that is there.</summary>
    public const string There = "there";

    public static Place Of(string key) => new(PlaceKind.Key, key, "");

    public static Place Field(string key, string field) => new(PlaceKind.Field, key, field);

    public static Place Member(string key, string member) => new(PlaceKind.Member, key, member);

    public static Place Score(string key, string member) => new(PlaceKind.Score, key, member);

    public override string ToString() => Kind == PlaceKind.Key ? Key : $"{Key}[{Element}]";
}
