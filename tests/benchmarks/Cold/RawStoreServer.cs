using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;
using Marekvs.Host.Resp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RocksDbSharp;

namespace Marekvs.Benchmarks.Cold;

/// <summary>
/// What one would write in an afternoon: GET and SET straight to RocksDB with its own log, behind the same sockets and
/// reader as the node's. The figure the node must not fall below when its data does not fit into memory.
/// </summary>
internal sealed class RawStoreServer(RocksDb store) : ConnectionHandler
{
    private const int BloomBitsPerKey = 10;

    public static async Task RunAsync(string directory, string cacheBytes)
    {
        BlockBasedTableOptions table = new BlockBasedTableOptions()
            .SetFilterPolicy(BloomFilterPolicy.Create(BloomBitsPerKey, false))
            .SetBlockCache(Cache.CreateLru(ulong.Parse(cacheBytes, CultureInfo.InvariantCulture)))
            .SetCacheIndexAndFilterBlocks(true);
        DbOptions options = new DbOptions()
            .SetCreateIfMissing(true)
            .SetBlockBasedTableFactory(table)
            .SetCompression(Compression.Lz4)
            .SetWriteBufferSize(32 * 1024 * 1024);
        using RocksDb store = RocksDb.Open(options, directory);

        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(store);
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, listen => listen.UseConnectionHandler<RawStoreServer>()));
        await using WebApplication application = builder.Build();
        await application.StartAsync();
        Console.WriteLine($"RESP on {new Uri(application.Urls.Single()).Authority}");
        await application.WaitForShutdownAsync();
    }

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var reader = new RespReader();
        var writer = new RespWriter();
        PipeReader input = connection.Transport.Input;
        while (true)
        {
            ReadResult read = await input.ReadAsync();
            foreach (ReadOnlyMemory<byte> chunk in read.Buffer)
            {
                Serve(reader, chunk.Span, writer);
            }

            input.AdvanceTo(read.Buffer.End);
            connection.Transport.Output.Write(writer.Written);
            writer.Clear();
            await connection.Transport.Output.FlushAsync();
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private void Serve(RespReader reader, ReadOnlySpan<byte> chunk, RespWriter writer)
    {
        int position = 0;
        while (reader.Read(chunk, ref position) == ReadStatus.Command)
        {
            CommandArgs args = reader.Args(chunk);
            if (args.Count == 3)
            {
                store.Put(args[1], args[2]);
                writer.Write(Reply.Ok);
            }
            else
            {
                byte[]? value = store.Get(args[1].ToArray());
                writer.Write(value is null ? Reply.Nil : Reply.Bulk(value));
            }
        }
    }
}
