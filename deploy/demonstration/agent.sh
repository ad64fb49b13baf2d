#!/bin/sh
# The demonstration's agent: an honest shell script in the place of a coding agent. It knows nothing of the backlog: no
# patch, no issue. It gets what every agent gets, the work order on its standard input and the files that the order
# names, and follows these sentences wherever they stand:
#
#   Replace `OLD` with `NEW` in `FILE`.      in ISSUE.md: the work
#   Set `KEY` to `VALUE` in `FILE`.          in ISSUE.md: the work
#   Put the answer into `FILE`.              in ISSUE.md: the work, once a person has answered; until then it asks
#   FILE: KEY is OLD, must be NEW            in FAILURE.txt: what a failing test printed
#
# It runs no test: whether its work is any good, the checks say.
set -eu

order=$(cat)
folder=$(dirname "$AFK_PROMPT_FILE")
case $order in
  *ISSUE.md*) ;;
  *) echo "no order, no work" >&2 && exit 1 ;;
esac

report() { printf '%s\n' "$1" > "$AFK_REPORT"; }

do_what_the_issue_says() {
  sed -n 's/^Replace `\([^`]*\)` with `\([^`]*\)` in `\([^`]*\)`\.$/\1|\2|\3/p' "$folder/ISSUE.md" |
    while IFS='|' read -r old new file; do
      sed -i "s/$old/$new/" "$file"
    done
  sed -n 's/^Set `\([^`]*\)` to `\([^`]*\)` in `\([^`]*\)`\.$/\1|\2|\3/p' "$folder/ISSUE.md" |
    while IFS='|' read -r key value file; do
      echo "$key=$value" >> "$file"
    done
}

repair_what_failed() {
  sed -n 's/^\([^ :]*\): \([^ ]*\) is \([^ ,]*\), must be \(.*\)$/\1 \2 \4/p' "$folder/FAILURE.txt" | sort -u |
    while read -r file key value; do
      sed -i "s/^$key=.*/$key=$value/" "$file"
    done
}

use_the_answer() {
  file=$(sed -n 's/^Put the answer into `\([^`]*\)`\.$/\1/p' "$folder/ISSUE.md")
  head -n 1 "$folder/ANSWER.txt" > "$file"
}

# The order names the files that belong to it.
case $(printf '%s\n' "$order" | grep '^The raw bytes of these texts') in
  *FAILURE.txt*) repair_what_failed ;;
  *ANSWER.txt*) use_the_answer ;;
  *)
    question=$(sed -n 's/^Question: //p' "$folder/ISSUE.md")
    if [ -n "$question" ]; then
      report "{\"result\": \"blocked\", \"question\": \"$question\"}"
      exit 0
    fi
    do_what_the_issue_says
    ;;
esac

git add --all
if git diff --cached --quiet; then
  report '{"result": "nothing-to-do", "step": "found nothing to change"}'
  exit 0
fi
git commit --quiet --message "$(sed -n '1s/^# //p' "$folder/ISSUE.md")"
report '{"result": "done", "phase": "working", "step": "committed the change"}'
