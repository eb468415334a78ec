using Marekvs.Testing;
using Marekvs.Testing.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Marekvs.EndToEnd.Jobs;

/// <summary>Two SignalR servers that share their clients through a node.</summary>
[TestClass]
public sealed class BackplaneTests
{
    [TestMethod]
    [Timeout(60_000)]
    public async Task SignalR_MessageToAGroup_ReachesClientsOfTheOtherServer()
    {
        using var data = new TemporaryDirectory();
        using NodeProcess node = await NodeProcess.StartAsync(new NodeSettings { DataDirectory = data.Path });
        await using WebApplication first = await ServeAsync(node);
        await using WebApplication second = await ServeAsync(node);
        await using HubConnection alice = await ConnectAsync(first);
        await using HubConnection bob = await ConnectAsync(second);
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        alice.On<string>("said", heard.SetResult);
        await alice.InvokeAsync("Join", "room");

        await bob.InvokeAsync("Say", "room", "hello");

        Assert.AreEqual("hello", await heard.Task.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    private static async Task<WebApplication> ServeAsync(NodeProcess node)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSignalR().AddStackExchangeRedis($"{node.Resp}");
        WebApplication app = builder.Build();
        app.MapHub<RoomHub>("/rooms");
        await app.StartAsync();
        return app;
    }

    private static async Task<HubConnection> ConnectAsync(WebApplication app)
    {
        HubConnection connection = new HubConnectionBuilder().WithUrl($"{app.Urls.First()}/rooms").Build();
        await connection.StartAsync();
        return connection;
    }

    /// <summary>Rooms in which what one says all hear.</summary>
    private sealed class RoomHub : Hub
    {
        public Task Join(string room) => Groups.AddToGroupAsync(Context.ConnectionId, room);

        public Task Say(string room, string text) => Clients.Group(room).SendAsync("said", text);
    }
}
