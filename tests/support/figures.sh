#!/usr/bin/env bash
# The lines of ctest's log (LastTest.log) that say how much was tried: cases run and skipped, worlds, pairs, faults.
set -euo pipefail

grep -aE '^(agents|crash sweep|escape|flood|hostile answers|judged|round trips|ten agents|three ticks)[^.]*[:0-9]' "$1" |
  grep -av '^escape: .*contained' | sort -u || true
grep -aE '^(decide|policy)(:| (row|entry) mutations)|^[0-9]+ (worlds|pairs|classes|armings)' "$1" | sort -u || true
echo "escapes: $(grep -ac '^escape: .*: contained' "$1" || true) contained, $(grep -ac 'GOT OUT' "$1" || true) got out"
echo "planted faults in manifests: $(grep -ac '^planted: ' "$1" || true) seen"
