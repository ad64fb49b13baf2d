#!/usr/bin/env bash
# Runs the heavy suites whole: all that tests/run.sh runs only a slice of; and compiles every header by itself. Takes
# hours rather than minutes.
#
#   tests/long.sh [--no-install] [<arguments for ctest, such as -R crash>...]
#
# Prints the commit, what each suite prints, and the counts that tests/run.sh prints.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [[ ${1-} == --no-install ]]; then
  shift
else
  deploy/packages.sh build run test lint root
fi

echo "commit: $(git rev-parse HEAD)$(git diff --quiet HEAD || echo ', with changes that are not committed')"
cmake --preset dev >/dev/null
cmake --build --preset dev
cmake --build --preset headers
result=0
ctest --preset dev --build-config Long --label-regex '^long$' --no-tests=error --verbose "$@" || result=$?
tests/support/counts.sh build/dev/Testing/Temporary/LastTest.log
exit "$result"
