using System.Text;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Host.Commands;
using Marekvs.Host.Connections;

namespace Marekvs.Host.Routing;

/// <summary>
/// Sends the commands of this node's clients that must run in one place to the soft owner of their keys. What that node
/// has not run, runs here.
/// </summary>
internal sealed class CommandRoutes
{
    // After so many nodes that would not, the command runs here.
    private const int TriesMax = 3;

    private readonly ICommandRouter _router;
    private readonly ushort _self;
    private readonly ManyOwners _owners;
    private readonly RoutingSettings _settings;
    private readonly ClientRegistry _clients;

    /// <summary>Begins to route.</summary>
    /// <param name="router">The way to other nodes.</param>
    /// <param name="self">This node's number.</param>
    /// <param name="here">Runs parts of commands here.</param>
    /// <param name="settings">What is routed.</param>
    /// <param name="clients">The connections.</param>
    /// <param name="table">The commands; those that may be routed are marked.</param>
    public CommandRoutes(
        ICommandRouter router, ushort self, RoutedExecutor here, RoutingSettings settings, ClientRegistry clients,
        CommandTable table)
    {
        (_router, _self, _settings, _clients) = (router, self, settings, clients);
        _owners = new ManyOwners(router, self, here, clients.Time);
        foreach (CommandEntry entry in table.All)
        {
            entry.MayBeRouted = IsRoutedAtAll(entry.Spec);
        }

        router.OnOwnersChange(Reconsider);
    }

    /// <summary>Sends a command that has just come, if its soft owner is another node.</summary>
    /// <param name="session">Who sent it.</param>
    /// <param name="entry">The command; it may be routed.</param>
    /// <param name="args">Its arguments.</param>
    /// <returns>False when it runs here.</returns>
    public bool TrySend(Session session, CommandEntry entry, CommandArgs args)
    {
        if (WitnessCount.IsAsked(entry.Spec))
        {
            session.Routing.Begin(_clients.Time.GetTimestamp());
            session.Routing.Witnesses = WitnessCount.Of(session);
            return TryAskNext(session, args);
        }

        if (!IsRouted(session, entry, args, out ushort partition))
        {
            return false;
        }

        session.Routing.Begin(_clients.Time.GetTimestamp());
        return TrySend(session, entry, args, partition, countsLocal: true);
    }

    /// <summary>Sends a command that has waited here, if its soft owner is another node by now.</summary>
    public bool TrySendOnward(Session session, CommandEntry entry, CommandArgs args) =>
        IsRouted(session, entry, args, out ushort partition) &&
        TrySend(session, entry, args, partition, countsLocal: false);

    /// <summary>A node has not run a command: sends it to the next that may be its soft owner.</summary>
    /// <returns>False when it runs here.</returns>
    public bool TrySendElsewhere(Session session, CommandEntry entry, CommandArgs args, ushort refuser)
    {
        session.Routing.Refuser = refuser;
        session.Routing.Tries++;
        return IsRouted(session, entry, args, out ushort partition) &&
            TrySend(session, entry, args, partition, countsLocal: true);
    }

    /// <summary>WAIT and WAITAOF: takes what a node has counted, and asks the next that the client has written to.
    /// </summary>
    /// <returns>False when only this node is left.</returns>
    public bool TryCountOn(Session session, CommandArgs args, RoutedReply reply)
    {
        session.Routing.Witnesses!.Take(reply);
        return TryAskNext(session, args);
    }

    private bool TrySend(Session session, CommandEntry entry, CommandArgs args, ushort partition, bool countsLocal)
    {
        if (TrySendToMany(session, entry.Spec, args))
        {
            return true;
        }

        SessionRouting routing = session.Routing;
        ushort owner = routing.Tries < TriesMax ? _router.SoftOwnerOf(partition, routing.Refuser) : (ushort)0;
        if (owner == _self || owner == 0)
        {
            if (countsLocal && (owner == 0 || routing.Tries > 0))
            {
                _router.CountLocal();
            }

            return false;
        }

        bool isTransaction = session.Transaction.IsRunning;
        byte[] commands = isTransaction
            ? RoutedArguments.Write(session.Transaction.Commands)
            : RoutedArguments.Write(args);
        routing.Follow(_router.Send(owner, new RoutedCommand(commands)
        {
            Partition = partition,
            ProtocolVersion = session.ProtocolVersion,
            IsTransaction = isTransaction,
            After = session.Ticket.JournalPosition,
            WaitedMilliseconds = Waited(session),
        }), partition);
        return true;
    }

    /// <summary>Sends a command whose keys have different soft owners to each of them, if it can be.</summary>
    private bool TrySendToMany(Session session, CommandSpec spec, CommandArgs args)
    {
        var keys = new List<int>();
        if (!ReferenceEquals(spec.Routing, CommandRouting.FirstWithSome) || !spec.Keys.TryFind(args, keys) ||
            keys.Count < 2)
        {
            return false;
        }

        ushort first = _owners.OwnerOf(KeyAddress.PartitionOf(args[keys[0]]));
        bool differ = false;
        for (int i = 1; i < keys.Count; i++)
        {
            differ |= _owners.OwnerOf(KeyAddress.PartitionOf(args[keys[i]])) != first;
        }

        if (differ)
        {
            session.Routing.Follow(
                new ManyOwnersCall(_owners, new ManyKeysCommand(spec, args, keys), new RoutedCommand([])
                {
                    ProtocolVersion = session.ProtocolVersion,
                    After = session.Ticket.JournalPosition,
                    WaitedMilliseconds = Waited(session),
                }),
                partition: null);
        }

        return differ;
    }

    private bool TryAskNext(Session session, CommandArgs args)
    {
        SessionRouting routing = session.Routing;
        if (routing.Witnesses?.Next() is not var (node, write))
        {
            return false;
        }

        routing.Follow(_router.Send(node, new RoutedCommand(RoutedArguments.Write(args))
        {
            LastWrite = write.Position,
            LastPartition = write.Partition,
            WaitedMilliseconds = Waited(session),
        }), partition: null);
        return true;
    }

    private bool IsRoutedAtAll(CommandSpec command) => WitnessCount.IsAsked(command) ||
        (ReferenceEquals(command.Routing, CommandRouting.Counter) ? _settings.CounterPrefixes.Count > 0
            : _settings.RoutesDestructive && (command.Routing is not null || command.Name == TransactionQueue.Exec));

    private bool IsRouted(Session session, CommandEntry entry, CommandArgs args, out ushort partition)
    {
        if (session.Transaction.IsRunning)
        {
            return RoutingRules.IsRouted(session.Transaction, IsRoutedAlone, out partition);
        }

        partition = 0;
        return IsRoutedAlone(entry, args) && RoutingRules.TryFindPartition(entry.Spec, args, out partition);
    }

    private bool IsRoutedAlone(CommandEntry entry, CommandArgs args) => entry.Spec.Routing is { } routing &&
        (ReferenceEquals(routing, CommandRouting.Counter)
            ? _settings.IsCounterRouted(args[entry.Spec.Keys.First])
            : _settings.RoutesDestructive && routing.AppliesTo(args));

    /// <summary>Milliseconds since the command came.</summary>
    public long Waited(Session session) =>
        (long)_clients.Time.GetElapsedTime(session.Routing.Since).TotalMilliseconds;

    /// <summary>Lets the commands that wait for keys here look whether they are to wait elsewhere.</summary>
    private void Reconsider()
    {
        foreach (Session session in _clients.Sessions)
        {
            if (session is { Wait: SessionWait.Keys, Routing.Call: null, LastCommand.MayBeRouted: true })
            {
                session.Ticket.RunAgain();
            }
        }
    }
}

/// <summary>What is routed.</summary>
/// <param name="RoutesDestructive">Whether commands that take something away or look before they write are.</param>
/// <param name="CounterPrefixes">Beginnings of the names of counters whose answers are to be unique.</param>
internal sealed record RoutingSettings(bool RoutesDestructive, IReadOnlyList<string> CounterPrefixes)
{
    private readonly byte[][] _prefixes = [.. CounterPrefixes.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Whether the answers of a counter are to be unique.</summary>
    /// <param name="name">The key.</param>
    public bool IsCounterRouted(ReadOnlySpan<byte> name)
    {
        foreach (byte[] prefix in _prefixes)
        {
            if (name.StartsWith(prefix))
            {
                return true;
            }
        }

        return false;
    }
}
