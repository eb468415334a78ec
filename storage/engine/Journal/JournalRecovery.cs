using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Marekvs.Storage.Engine.Journal;

/// <summary>
/// Finds where a journal ends. Entries are read until the first that does not check. If it lies beyond the last known
/// sync it is a torn tail, what a power cut leaves, and is cut off and reported. If it lies before, the disk has lost
/// something it had confirmed: that is corruption and stops the start, unless repair is asked for; then what follows is
/// set aside.
/// </summary>
internal static class JournalRecovery
{
    /// <summary>Opens the files of a directory in order and looks whether they follow each other.</summary>
    /// <exception cref="JournalException">A file is foreign or missing.</exception>
    public static List<JournalSegment> OpenSegments(string directory, bool repair, ILogger logger)
    {
        var segments = new List<JournalSegment>();
        try
        {
            string[] paths = Directory.GetFiles(directory, "*" + JournalSegment.Extension);
            Array.Sort(paths, StringComparer.Ordinal);
            foreach (string path in paths)
            {
                // The file that was being prepared when the process died may have no header yet, and it is the last.
                if (path == paths[^1] && paths.Length > 1 && !HasHeader(path))
                {
                    logger.LogInformation("Journal: {Path} was never begun; removed.", path);
                    File.Delete(path);
                    continue;
                }

                segments.Add(JournalSegment.Open(path));
            }

            for (int i = 1; i < segments.Count; i++)
            {
                JournalSegment before = segments[i - 1];
                JournalSegment here = segments[i];
                if (here.Identity != before.Identity)
                {
                    throw new JournalException(
                        $"{here.Path} belongs to another journal ({here.Identity}) than {before.Path} ({before.Identity}). " +
                        "Move the foreign file away; segments of different nodes cannot be mixed.");
                }

                if (here.First != before.End && !repair)
                {
                    throw new JournalException(
                        $"A journal segment is missing: {JournalSegment.FileName(before.End)} should follow {before.Path}, " +
                        $"but the next file is {here.Path}. Bring the file back from a backup, or start once with " +
                        "--repair-journal to keep what comes before the gap; the rest is set aside and lost to this node.");
                }

                if (here.First != before.End)
                {
                    SetAside(segments, i, logger);
                    break;
                }
            }

            return segments;
        }
        catch
        {
            segments.ForEach(segment => segment.Dispose());
            throw;
        }
    }

    private static bool HasHeader(string path)
    {
        Span<byte> start = stackalloc byte[8];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
            && start.IndexOfAnyExcept((byte)0) >= 0;
    }

    /// <summary>Finds where the entries end; cuts a torn tail.</summary>
    /// <exception cref="JournalException">What was synced is damaged.</exception>
    public static (long End, ulong Sequence) FindEnd(List<JournalSegment> segments, bool repair, ILogger logger)
    {
        long synced = segments.Max(segment => segment.Synced);
        ulong sequence = segments[0].FirstSequence - 1;
        for (int i = 0; i < segments.Count; i++)
        {
            JournalSegment segment = segments[i];
            long at = segment.First + JournalSegment.HeaderBytes;
            while (segment.TryGetEntry(at, out ReadOnlySpan<byte> entry) && JournalEntry.Sequence(entry) == sequence + 1)
            {
                sequence++;
                at += JournalEntry.Padded(entry.Length);
            }

            bool isLast = i == segments.Count - 1;
            bool continues = !isLast && segments[i + 1].FirstSequence == sequence + 1 && segment.IsBlankFrom(at);
            if (continues)
            {
                continue;
            }

            if (at < synced && !repair)
            {
                throw new JournalException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{segment.Path}: the entry at offset {at - segment.First} is damaged, but the journal was synced to position {synced} beyond it. ") +
                    "The disk has lost data it had confirmed. Restore the data directory from a backup, or start once with " +
                    "--repair-journal to keep what comes before the damage; the rest is set aside and lost to this node.");
            }

            if (repair && at < synced)
            {
                logger.LogWarning("Journal: cut at {Path} offset {Offset} on request.", segment.Path, at - segment.First);
                File.Copy(segment.Path, segment.Path + ".damaged", overwrite: true);
            }

            if (!segment.IsBlankFrom(at))
            {
                logger.LogWarning(
                    "Journal: torn tail cut at {Path} offset {Offset}; nothing before it is affected.", segment.Path, at - segment.First);
                segment.ClearFrom(at - segment.First);
            }

            if (isLast && segment.IsContinued && !repair)
            {
                throw new JournalException(
                    $"A journal segment is missing: {JournalSegment.FileName(segment.End)} should follow {segment.Path}. Bring " +
                    "the file back from a backup, or start once with --repair-journal to go on without it; what it held is " +
                    "lost to this node.");
            }

            DropEmptyTail(segments, i, logger);
            segment.IsContinued = false;
            foreach (JournalSegment kept in segments)
            {
                kept.Synced = Math.Min(kept.Synced, at);
            }

            return (at, sequence);
        }

        throw new JournalException("The journal has no last segment.");
    }

    /// <summary>Later files hold nothing that counts: prepared in advance, or beyond the cut.</summary>
    private static void DropEmptyTail(List<JournalSegment> segments, int last, ILogger logger)
    {
        for (int i = segments.Count - 1; i > last; i--)
        {
            bool blank = segments[i].IsBlankFrom(segments[i].First + JournalSegment.HeaderBytes);
            if (blank)
            {
                segments[i].Delete();
                segments.RemoveAt(i);
            }
        }

        if (segments.Count > last + 1)
        {
            SetAside(segments, last + 1, logger);
        }
    }

    private static void SetAside(List<JournalSegment> segments, int from, ILogger logger)
    {
        for (int i = segments.Count - 1; i >= from; i--)
        {
            string path = segments[i].Path;
            segments[i].Dispose();
            segments.RemoveAt(i);
            File.Move(path, path + ".damaged", overwrite: true);
            logger.LogWarning("Journal: {Path} lies beyond the cut; set aside as {Path}.damaged.", path, path);
        }
    }
}
