#!/usr/bin/env bash
# Installs the packages that are missing, builds with the dev preset and runs every suite.
#
#   tests/run.sh [--no-install] [<arguments for ctest, such as -R unit_core>...]
#
# Prints a line with its time for each suite, how much the suites tried, the whole time, and "N passed, N failed, N
# skipped", counted in test cases; tests/README.md says what the numbers mean. Exits 0 only when everything was built and
# nothing failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [[ ${1-} == --no-install ]]; then
  shift
else
  deploy/packages.sh build run test lint
fi

started=$SECONDS
log=$(mktemp)
trap 'rm -f "$log"' EXIT
build_step() {
  if ! "$@" >"$log" 2>&1; then
    cat "$log"
    echo "the build failed: $*"
    exit 1
  fi
}
build_step cmake --preset dev
build_step cmake --build --preset dev
echo "built in $((SECONDS - started)) s"

result=0
ctest --preset dev --no-tests=error --parallel "$(nproc)" "$@" || result=$?
echo
tests/support/figures.sh build/dev/Testing/Temporary/LastTest.log
counts=$(tests/support/counts.sh build/dev/Testing/Temporary/LastTest.log)
echo "whole run: $((SECONDS - started)) s"
echo "$counts"
exit "$result"
