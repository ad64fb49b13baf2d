#!/bin/sh
# The demonstration's agent: an honest shell script in the place of a coding agent. It has no idea of this backlog. It
# reads what any agent gets (ISSUE.md, and for a further turn FAILURE.txt or ANSWER.txt beside it) and follows these
# sentences, wherever they stand:
#
#   Replace `OLD` with `NEW` in `FILE`.            an issue's order
#   Set `KEY` to `VALUE` in `FILE`.                an issue's order
#   Put the answer into `FILE`.                    an issue's order that needs an answer: it asks, and ends
#   FILE: KEY is OLD, must be NEW                  what a failing test printed
set -eu

folder=$(dirname "$AFK_PROMPT_FILE")
cat > /dev/null # the prompt itself, on the standard input

report() { printf '%s\n' "$1" > "$AFK_REPORT"; }

# Each turn kind brings its own file; the newest order wins.
if [ -s "$folder/FAILURE.txt" ]; then
  sed -n 's/^\([^ :]*\): \([^ ]*\) is \([^ ,]*\), must be \(.*\)$/\1 \2 \4/p' "$folder/FAILURE.txt" | sort -u |
    while read -r file key value; do
      sed -i "s/^$key=.*/$key=$value/" "$file"
    done
elif [ -s "$folder/ANSWER.txt" ]; then
  file=$(sed -n 's/^Put the answer into `\([^`]*\)`\.$/\1/p' "$folder/ISSUE.md")
  head -n 1 "$folder/ANSWER.txt" > "$file"
else
  question=$(sed -n 's/^Question: //p' "$folder/ISSUE.md")
  if [ -n "$question" ]; then
    report "{\"result\": \"blocked\", \"question\": \"$question\"}"
    exit 0
  fi
  sed -n 's/^Replace `\([^`]*\)` with `\([^`]*\)` in `\([^`]*\)`\.$/\1|\2|\3/p' "$folder/ISSUE.md" |
    while IFS='|' read -r old new file; do
      sed -i "s/$old/$new/" "$file"
    done
  sed -n 's/^Set `\([^`]*\)` to `\([^`]*\)` in `\([^`]*\)`\.$/\1|\2|\3/p' "$folder/ISSUE.md" |
    while IFS='|' read -r key value file; do
      echo "$key=$value" >> "$file"
    done
fi

git add --all
if git diff --cached --quiet; then
  report '{"result": "nothing-to-do", "phase": "working", "step": "found nothing to change"}'
  exit 0
fi
git commit --quiet --message "$(sed -n '1s/^# //p' "$folder/ISSUE.md")"
report '{"result": "done", "phase": "tests-green", "step": "committed the change"}'
