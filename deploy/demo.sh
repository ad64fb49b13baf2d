#!/usr/bin/env bash
# From a fresh Debian to issues that are landed: installs the packages that are missing, builds the program with the
# release preset and runs the demonstration in a temporary folder.
#
#   deploy/demo.sh [--no-install]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case "${1-}" in
  "") deploy/packages.sh build run ;;
  --no-install) ;;
  *)
    echo "usage: $0 [--no-install]" >&2
    exit 2
    ;;
esac

# Quiet unless it fails: the transcript below is the point.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "building build/release/app/afk" >&2
if ! { cmake --preset release && cmake --build --preset release; } >"$log" 2>&1; then
  cat "$log" >&2
  echo "$0: the build failed" >&2
  exit 1
fi
deploy/demonstration/run.sh "$PWD/build/release/app/afk"
