using System.Text;
using Marekvs.Abstractions.Commands;

namespace Marekvs.Host.Builtins;

/// <summary>CLIENT HELP.</summary>
internal static class ConnectionHelp
{
    private static readonly string[] Lines =
    [
        "CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "GETNAME",
        "    Answer the name of this connection.",
        "ID",
        "    Answer the number of this connection.",
        "INFO",
        "    Describe this connection.",
        "KILL <ip:port>",
        "    Close the connection that came from <ip:port>.",
        "KILL <option> <value> [<option> <value> [...]]",
        "    Close all connections that meet every option:",
        "    * ADDR (<ip:port>|<unixsocket>:0)",
        "      It came from this address.",
        "    * LADDR (<ip:port>|<unixsocket>:0)",
        "      It came to this local address.",
        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
        "      It is of this type.",
        "    * USER <username>",
        "      It has authenticated as this user.",
        "    * ID <client-id>",
        "      It has this number.",
        "    * MAXAGE <seconds>",
        "      It is at least this old.",
        "    * SKIPME (YES|NO)",
        "      Whether this connection is spared (default: yes).",
        "LIST [options ...]",
        "    Describe all connections. Options:",
        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
        "      Only those of this type.",
        "    * ID <client-id> [<client-id> ...]",
        "      Only those with these numbers.",
        "PAUSE <timeout> [WRITE|ALL]",
        "    Hold all commands, or writes only, for <timeout> milliseconds.",
        "UNPAUSE",
        "    End the pause; held commands go on.",
        "REPLY (ON|OFF|SKIP)",
        "    Switch the replies to this connection on, off, or off for one command.",
        "SETNAME <name>",
        "    Name this connection.",
        "SETINFO <option> <value>",
        "    Describe the client library. Options:",
        "    * LIB-NAME",
        "      Its name.",
        "    * LIB-VER",
        "      Its version.",
        "TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]] [OPTIN] [OPTOUT] [NOLOOP]",
        "    Tell this connection when keys it has read change.",
        "CACHING (YES|NO)",
        "    Track the keys of the next command or not, with OPTIN and OPTOUT.",
        "GETREDIR",
        "    Answer the number of the connection that gets the invalidations, 0 for this one, -1 without tracking.",
        "TRACKINGINFO",
        "    Describe how this connection tracks.",
        "UNBLOCK <clientid> [TIMEOUT|ERROR]",
        "    End the wait of a blocked connection, as if its time were up or with an error.",
        "NO-EVICT (ON|OFF)",
        "    Keep this connection from being closed for memory.",
        "NO-TOUCH (ON|OFF)",
        "    Leave idle times and frequencies of keys alone.",
        "HELP",
        "    Print this help.",
    ];

    public static Reply Client(in CommandCall call)
    {
        call.Writer.Array(Lines.Length);
        foreach (string line in Lines)
        {
            call.Writer.Simple(Encoding.ASCII.GetBytes(line));
        }

        return Reply.Written;
    }
}
