#!/usr/bin/env bash
# Fetches what the judges of this folder judge by, once, into a folder of their own: GitHub's OpenAPI description (of
# which the operations that afk may use are kept), its GraphQL schema, and the validators that read them.
#
#   tests/judges/fetch_judges.sh <cache folder>
#
# Exit codes: 0 all is there, 3 there is no node or npm here or the registry cannot be reached, 1 anything else.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${1:?a folder}
openapi=@octokit/openapi@23.0.2
packages=(@octokit/graphql-schema@15.26.1 graphql@16.11.0 ajv@8.17.1 ajv-formats@3.0.1)

mark="$openapi ${packages[*]} $(cksum <"$here/prune_openapi.mjs")"
if [[ -f $cache/complete && $(<"$cache/complete") == "$mark" ]]; then exit 0; fi
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "node and npm are not installed (Debian packages nodejs and npm)" >&2
  exit 3
fi

mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
if [[ -f $cache/complete && $(<"$cache/complete") == "$mark" ]]; then exit 0; fi
work=$(mktemp -d "$cache/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
npm=(npm --no-audit --no-fund --no-update-notifier --loglevel=error)
fetch() {
  cd "$work" && echo '{"private": true}' >package.json &&
    "${npm[@]}" install --ignore-scripts --no-save "${packages[@]}" >/dev/null &&
    archive=$("${npm[@]}" pack --silent "$openapi" | tail -n 1) &&
    tar -xzf "$archive" package/generated/api.github.com.json
}
if ! (fetch); then
  echo "the npm registry cannot be reached" >&2
  exit 3
fi
node "$here/prune_openapi.mjs" "$work/package/generated/api.github.com.json" "$work/openapi.json"
rm -rf "$cache/node_modules"
mv "$work/node_modules" "$cache/node_modules"
mv "$work/openapi.json" "$cache/openapi.json"
echo "$mark" >"$cache/complete"
