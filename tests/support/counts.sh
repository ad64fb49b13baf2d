#!/usr/bin/env bash
# Adds up the closing lines of the suites in ctest's log (LastTest.log) to one line: "N passed, N failed, N skipped".
# A suite that ended badly without counting a failure itself (a crash, a timeout) counts as one failure; a program that
# is no suite and prints no closing line counts as one case; one that could not be started, as one failure.
set -euo pipefail

awk '
  /^[0-9]+\/[0-9]+ Test: / { counted = suite_passed = suite_failed = suite_skipped = 0 }
  /^Command: ""$/ { not_run = 1 }
  /^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ {
    counted = 1; suite_passed = $1; suite_failed = $3; suite_skipped = $5
  }
  /^<end of output>$/ { over = 1 }
  over && /^Test (Passed|Failed)\.$/ {
    if ($2 == "Failed." || not_run) { if (suite_failed == 0) suite_failed = 1 }
    else if (!counted) suite_passed = 1
    passed += suite_passed; failed += suite_failed; skipped += suite_skipped
    over = not_run = 0
  }
  END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped }
' "$1"
