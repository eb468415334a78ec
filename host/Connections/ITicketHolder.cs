using Marekvs.Storage.Engine;

namespace Marekvs.Host.Connections;

/// <summary>A session of this node, with the ticket of its calls.</summary>
internal interface ITicketHolder
{
    /// <summary>What the keyspace keeps of the running call.</summary>
    CallTicket Ticket { get; }
}
