#!/usr/bin/env bash
# usage: fetch-suite.sh DIRECTORY
# Puts the source of Redis 7.0.15, as Debian publishes it, into DIRECTORY, unless it is there already.
#
# Neither root nor a deb-src line is needed: apt works on directories of its own, and its source lines are the
# machine's deb lines, reworded. It checks signatures and hashes as always.
set -euo pipefail
archive=redis_7.0.15.orig.tar.gz
mkdir -p "$1"
target=$(cd "$1" && pwd)
[[ -f $target/$archive ]] && exit

work=$(mktemp -d "$target/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{sources,lists/partial,cache/archives/partial,download}

for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  if [[ -f $file ]]; then
    sed -nE 's/^deb(-src)?([[:space:]])/deb-src\2/p' "$file" | sort -u >>"$work/sources/all.list"
  fi
done
for file in /etc/apt/sources.list.d/*.sources; do
  if [[ -f $file ]]; then
    sed -E 's/^Types:.*/Types: deb-src/' "$file" >"$work/sources/$(basename "$file")"
  fi
done

options=(
  -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/sources"
  -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache"
  -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1
)
cd "$work/download"
{
  # Repositories without sources make update fail; what counts is whether the next command finds Redis.
  apt-get "${options[@]}" -q update || true
  apt-get "${options[@]}" -q source --download-only --tar-only redis
} >"$work/log" 2>&1 || true

if [[ ! -f $archive ]]; then
  cat "$work/log" >&2
  echo "The source of Redis 7.0.15 cannot be had from this machine's Debian archives:" \
    "$(ls redis_*.orig.tar.* 2>/dev/null || echo "no version at all") instead of $archive." >&2
  echo "Put $archive into $target by hand to run without them." >&2
  exit 1
fi
mv "$archive" "$target/$archive"
