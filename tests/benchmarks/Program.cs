using Marekvs.Benchmarks;
using Marekvs.Benchmarks.Cluster;
using Marekvs.Benchmarks.Cold;
using Marekvs.Benchmarks.Compare;
using Marekvs.Benchmarks.Large;
using Marekvs.Benchmarks.Micro;

const string Usage = """
    Usage: dotnet run -c Release --project tests/benchmarks -- <what> [options]

      compare   the node against redis-server, driven by redis-benchmark
                  --rounds 3             interleaved rounds; the table shows medians
                  --tests set,get,...    tests of redis-benchmark
                  --pipeline 1,16        commands in flight per connection
                  --seconds 3            about how long one run lasts
                  --subject node|redis   redis measures the noise: the same server twice
                  --storage rocksdb      the node's store
      cold      a data set ten times the memory limit: the node against RocksDB behind the same sockets
                  --memory 64            the limit, in megabytes
                  --value 1000           bytes of a value
                  --seconds 5            how long each step lasts
      large     one collection far larger than memory: large [hash] [set] [zset] [list], all four without one
                  --elements 10000000    how many elements it gets
                  --memory 128           the limit, in megabytes
      cluster   three nodes in network namespaces (as root): what a cluster costs, and how fast it heals
                  --only idle,cost,...   idle, cost, throughput, propagation, heal, restart, wipe, bootstrap, scale
                  --rounds 5             cuts that are healed
                  --cut 7                seconds that a cut lasts
                  --keys 200000          keys of 100 bytes that a joining node gets
                  --keep all             all: nodes keep everything; own: what they own, which scale is about
                  --seconds 3            about how long one load lasts
      micro     single steps of a command, with BenchmarkDotNet
                  --filter keyspace      only classes whose name holds this

    """;

try
{
    if (args is ["raw-store", string directory, string cacheBytes])
    {
        await RawStoreServer.RunAsync(directory, cacheBytes);
        return 0;
    }

    string[] words = [.. args.Skip(1).TakeWhile(word => !word.StartsWith("--", StringComparison.Ordinal))];
    if (words.Length > 0 && args[0] != "large")
    {
        throw new OptionException($"what is {string.Join(' ', words)}?");
    }

    Options options = Options.Parse(args.Skip(1 + words.Length));
    switch (args.FirstOrDefault())
    {
        case "compare":
            await Comparison.RunAsync(CompareOptions.From(options));
            return 0;
        case "cold":
            await ColdRun.RunAsync(ColdOptions.From(options));
            return 0;
        case "large":
            await LargeRun.RunAsync(LargeOptions.From(words, options));
            return 0;
        case "cluster":
            await ClusterRun.RunAsync(ClusterOptions.From(options));
            return 0;
        case "micro":
            MicroBenchmarks.Run(options);
            return 0;
        default:
            Console.WriteLine(Usage);
            return args.Length == 0 || args[0] is "--help" or "-h" ? 0 : 2;
    }
}
catch (OptionException mistake)
{
    Console.Error.WriteLine(mistake.Message);
    return 2;
}
