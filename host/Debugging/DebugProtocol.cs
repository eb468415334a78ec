using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Host.Debugging;

/// <summary>DEBUG PROTOCOL: a reply of each kind there is, for the tests of client libraries.</summary>
internal static class DebugProtocol
{
    private delegate void Sample(RespWriter writer);

    private static readonly Dictionary<string, Sample> Samples = new(StringComparer.OrdinalIgnoreCase)
    {
        ["string"] = static writer => writer.Bulk("Hello World"u8),
        ["integer"] = static writer => writer.Integer(12345),
        ["double"] = static writer => writer.Double(3.141),
        ["bignum"] = static writer => writer.BigNumber(Int128.Parse("1234567999999999999999999999999999999", null)),
        ["null"] = static writer => writer.Nil(),
        ["array"] = static writer =>
        {
            writer.Array(3);
            WriteNumbers(writer);
        },
        ["set"] = static writer =>
        {
            writer.Set(3);
            WriteNumbers(writer);
        },
        ["map"] = WriteMap,
        ["attrib"] = WriteAttribute,
        ["push"] = WritePush,
        ["verbatim"] = static writer => writer.Verbatim("This is a verbatim\nstring"u8, "txt"u8),
        ["true"] = static writer => writer.Boolean(true),
        ["false"] = static writer => writer.Boolean(false),
    };

    public static Reply Show(in CommandCall call)
    {
        string name = Encoding.UTF8.GetString(call.Args[2]);
        if (!Samples.TryGetValue(name, out Sample? sample))
        {
            return Reply.Error(
                "ERR Wrong protocol type name. Please use one of the following: " + string.Join('|', Samples.Keys));
        }

        if (call.Writer.ProtocolVersion == 2 && name.Equals("push", StringComparison.OrdinalIgnoreCase))
        {
            return Reply.Error("ERR RESP2 is not supported by this command"u8);
        }

        sample(call.Writer);
        return Reply.Written;
    }

    private static void WriteNumbers(RespWriter writer)
    {
        for (int i = 0; i < 3; i++)
        {
            writer.Integer(i);
        }
    }

    private static void WriteMap(RespWriter writer)
    {
        writer.Map(3);
        for (int i = 0; i < 3; i++)
        {
            writer.Integer(i);
            writer.Boolean(i == 1);
        }
    }

    private static void WriteAttribute(RespWriter writer)
    {
        if (writer.ProtocolVersion > 2)
        {
            writer.Raw("|1\r\n"u8);
            writer.Bulk("key-popularity"u8);
            writer.Array(2);
            writer.Bulk("key:123"u8);
            writer.Integer(90);
        }

        // An attribute belongs to the reply that follows it.
        writer.Bulk("Some real reply following the attribute"u8);
    }

    private static void WritePush(RespWriter writer)
    {
        writer.Push(2);
        writer.Bulk("server-cpu-usage"u8);
        writer.Integer(42);
        writer.Bulk("Some real reply following the push reply"u8);
    }
}
