namespace Marekvs.Simulation.Tests.Workloads;

/// <summary>Commands of which the outcome under concurrency is nobody's to foretell: all nodes must agree on it.
/// </summary>
/// <param name="name">Of the keys.</param>
/// <param name="commands">Write <c>K</c> for a key, <c>L</c> for another, <c>U</c> for a unique text, <c>T</c> for some
/// milliseconds.</param>
internal sealed class MixedFamily(string name, params string[] commands) : Family(name)
{
    public override void Step(Client client, string key)
    {
        string other = Name + client.Random.Next(3);
        string time = client.Random.Next(1, 3000).ToString(System.Globalization.CultureInfo.InvariantCulture);
        client.Run([.. commands[client.Random.Next(commands.Length)].Split(' ').Select(word => word switch
        {
            "K" => key,
            "L" => other,
            "U" => client.Unique,
            "T" => time,
            _ => word,
        })]);
    }
}
