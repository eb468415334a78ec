namespace Marekvs.Storage.Engine;

/// <summary>The journal is damaged, foreign or incomplete; the message names file and offset and says what to do.
/// </summary>
/// <param name="message">What is wrong and what to do.</param>
/// <param name="inner">The cause.</param>
public sealed class JournalException(string message, Exception? inner = null) : Exception(message, inner);
