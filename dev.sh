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
  format           check the format of the code, as the build server does
  compat [UNIT]    run units of Redis's own test suite, all or those named; tests/compat/README.md says more
  commands         write COMMANDS.md, the state of every command of Redis on a running node
  bench            compare speed with redis-server; what follows goes to the benchmarks
TEXT
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
  format) dotnet format --verify-no-changes "$@" ;;
  compat) dotnet run -c Release --project tests/compat -- suite "$@" ;;
  commands) dotnet run -c Release --project tests/compat -- commands ;;
  bench) dotnet run -c Release --project tests/benchmarks -- "$@" ;;
  *)
    usage
    exit 2
    ;;
esac
