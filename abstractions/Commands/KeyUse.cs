namespace Marekvs.Abstractions.Commands;

/// <summary>
/// What a command does with a key, in Redis's terms of key specifications. One of the first four says what happens to
/// the key as a whole; the others say what happens to the user's data in it, and they alone decide which rights a
/// user needs: <see cref="Access"/> the right to read, the rest the right to write.
/// </summary>
[Flags]
public enum KeyUse
{
    /// <summary>Not said: the row's flags decide.</summary>
    None = 0,

    /// <summary>Nothing changes.</summary>
    RO = 1 << 0,

    /// <summary>What is there is looked at and changed.</summary>
    RW = 1 << 1,

    /// <summary>What is there is replaced unseen.</summary>
    OW = 1 << 2,

    /// <summary>The key is removed.</summary>
    RM = 1 << 3,

    /// <summary>Data of the key is returned, copied, or shows in the answer.</summary>
    Access = 1 << 4,

    /// <summary>Data is changed.</summary>
    Update = 1 << 5,

    /// <summary>Data is added, none that was there is changed.</summary>
    Insert = 1 << 6,

    /// <summary>Data is deleted.</summary>
    Delete = 1 << 7,

    /// <summary>It is no key: only its slot counts.</summary>
    NotKey = 1 << 8,
}

/// <summary>Tells what a call does with its keys when the arguments decide, as SET with GET does.</summary>
/// <param name="args">The whole command; argument 0 is its name. Arity is already checked.</param>
public delegate KeyUse KeyUseFinder(CommandArgs args);
