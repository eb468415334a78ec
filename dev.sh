#!/usr/bin/env bash
# The one entry point for work on Marekvs.
set -euo pipefail
cd "$(dirname "$0")"

usage() {
  cat <<'TEXT'
usage: ./dev.sh COMMAND [ARGUMENT...]

  build            build everything
  test [PROJECT]   run all tests, or those of tests/PROJECT; what follows goes to the test runner
  run              build and start a node; what follows goes to the node
  cluster [N]      build and start N nodes (3) on loopback that find each other; Ctrl-C stops them
  format           check the format of the code, as the build server does
  compat [UNIT]    run units of Redis's own test suite, all or those named; tests/compat/README.md says more
  sim [SEED]       simulate whole clusters, many seeds or one with its trace
  commands         write COMMANDS.md, the state of every command of Redis on a running node
  bench            compare speed with redis-server, measure a cluster (bench cluster) and more; lists what there is
TEXT
}

# Nodes 1 to N: clients on 7001 and so on, data in a temporary directory that goes with them.
run_cluster() {
  local count=$1 root pids=() node
  dotnet build -c Release --nologo -v q host
  root=$(mktemp -d)
  trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$root"' EXIT
  for ((node = 1; node <= count; node++)); do
    MAREKVS_CLUSTER=gossip MAREKVS_NODE_ID=$node MAREKVS_DATA_DIR=$root/$node \
      MAREKVS_RESP_ADDR=127.0.0.1:$((7000 + node)) MAREKVS_HTTP_ADDR=127.0.0.1:$((9120 + node)) \
      MAREKVS_GOSSIP_ADDR=127.0.0.1:$((7945 + node)) MAREKVS_MESH_ADDR=127.0.0.1:$((7372 + node)) \
      MAREKVS_SEEDS=127.0.0.1:7946 \
      dotnet exec artifacts/bin/Marekvs.Host/release/Marekvs.Host.dll >"$root/$node.log" 2>&1 &
    pids+=($!)
    echo "node $node: clients 127.0.0.1:$((7000 + node)), http://127.0.0.1:$((9120 + node)), log $root/$node.log"
  done
  wait
}

command=${1:-}
shift || true
case "$command" in
  build) dotnet build -c Release "$@" ;;
  test)
    if (($# > 0)); then
      project=$1
      shift
      dotnet run -c Release --project "tests/$project" -- "$@"
    else
      dotnet test -c Release
    fi
    ;;
  run) dotnet run -c Release --project host -- "$@" ;;
  cluster) run_cluster "${1:-3}" ;;
  format) dotnet format --verify-no-changes "$@" ;;
  compat) dotnet run -c Release --project tests/compat -- suite "$@" ;;
  sim)
    if (($# > 0)); then
      MAREKVS_SIM_SEED=$1 dotnet run -c Release --project tests/simulation -- --filter "FullyQualifiedName~OneSeed"
    else
      dotnet run -c Release --project tests/simulation -- --filter "FullyQualifiedName~ManySeeds"
    fi
    ;;
  commands) dotnet run -c Release --project tests/compat -- commands ;;
  bench) dotnet run -c Release --project tests/benchmarks -- "$@" ;;
  *)
    usage
    exit 2
    ;;
esac
