using Marekvs.Cluster.Gossip.Membership;
using Microsoft.Extensions.Logging;

namespace Marekvs.Cluster.Gossip.Transport;

/// <summary>Keeps <see cref="PeerMemory"/> in a file. It helps and is not needed, so a disk that fails is reported and
/// borne.</summary>
/// <param name="directory">A directory of the provider's own.</param>
/// <param name="logger">Reports.</param>
internal sealed class MemoryFile(string directory, ILogger logger)
{
    private readonly string _path = Path.Combine(directory, "peers");
    private string _written = "";
    private bool _hasFailed;

    public PeerMemory Read()
    {
        try
        {
            return File.Exists(_path) ? PeerMemory.Parse(File.ReadAllText(_path)) : PeerMemory.Empty;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("What was remembered of other nodes cannot be read: {Reason}", e.Message);
            return PeerMemory.Empty;
        }
    }

    /// <summary>Writes when something changed.</summary>
    public void Write(PeerMemory memory)
    {
        string text = memory.Format();
        if (text == _written)
        {
            return;
        }

        try
        {
            string fresh = _path + ".new";
            File.WriteAllText(fresh, text);
            File.Move(fresh, _path, overwrite: true);
            (_written, _hasFailed) = (text, false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_hasFailed)
            {
                logger.LogWarning("What is known of other nodes cannot be written down: {Reason}", e.Message);
            }

            _hasFailed = true;
        }
    }
}
